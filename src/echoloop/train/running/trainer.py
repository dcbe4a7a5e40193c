"""The training loop, from the first pack to the published checkpoint, to be read from top to bottom."""

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Protocol

import msgspec

from echoloop.records import Problem
from echoloop.train.bagel import Codec
from echoloop.train.checkpoints import RunFolder
from echoloop.train.data import Unencoded
from echoloop.train.running.building import Start, build
from echoloop.train.running.distributed import Ranks, joined
from echoloop.train.running.ema import Average
from echoloop.train.running.encoding import encode
from echoloop.train.running.failing import told
from echoloop.train.running.logs import Logs, StepRecord
from echoloop.train.running.loss import Counts, counts, mean, sums, to_minimise
from echoloop.train.running.memory import available, estimate, refuse
from echoloop.train.running.optimising import clip, open_optimiser, rate_at, set_rate
from echoloop.train.running.publishing import publish
from echoloop.train.running.resuming import Notes, State, check_same_run, newest_good, restore, save
from echoloop.train.running.sample_losses import sample_losses
from echoloop.train.running.settings import Settings
from echoloop.train.running.signals import stopping
from echoloop.train.running.tuning import learning

_MOST_SKIPPED = 3


class Feed(Protocol):
    """Packs for one rank, without end, each with the position in the data after it.

    `positions` are those of all ranks of the checkpoint from which the run goes on; none at a run's beginning.
    """

    def __call__(
        self, rank: int, ranks: int, positions: Sequence[str]
    ) -> Iterator[tuple[Unencoded, str]]: ...


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended. `stopped`: the signal that ended it early. `published`: the folder that other tools serve."""

    step: int
    checkpoint: Path | None
    stopped: str = ""
    published: Path | None = None


def train(
    start: Start,
    settings: Settings,
    codec: Codec,
    feed: Feed,
    folder: Path,
    say: Callable[[str], None] = print,
) -> Outcome:
    """Train in `folder`, from where it was left. The same call serves one process and all that torchrun starts."""
    sharded = settings.precision == "bf16"
    hybrid = settings.sharding == "hybrid"
    with (
        joined(sharded=sharded, hybrid=hybrid, timeout_minutes=settings.timeout_minutes) as ranks,
        told(folder, ranks),
    ):
        return _train(start, settings, codec, feed, folder, ranks, say if ranks.first else _silent)


def _train(
    start: Start,
    settings: Settings,
    codec: Codec,
    feed: Feed,
    folder: Path,
    ranks: Ranks,
    say: Callable[[str], None],
) -> Outcome:
    config = start.config
    _check_memory(start, settings, ranks, say)
    model = build(start, settings, ranks, say)
    codec = codec.to(ranks.device)
    weights = learning(model)
    optimiser = open_optimiser(weights, settings.optimiser)
    average = Average(weights, settings.averaging)
    state = State(model, optimiser, average)
    notes = Notes(settings=settings, config=config, base=_named(start.weights), fill=_named(start.fill))

    run = RunFolder(folder, keep=settings.saving.keep, say=say)
    checkpoint = newest_good(run, ranks, say)
    taken, positions, log_lengths = 0, [], {}
    if checkpoint:
        check_same_run(checkpoint, notes)
        known = restore(checkpoint, state, notes, ranks)
        taken, positions = checkpoint.step, [one.position for one in known]
        log_lengths = known[ranks.rank].log_bytes if ranks.rank < len(known) else {}
        say(f"going on from {checkpoint.folder}")
    saved = checkpoint.folder if checkpoint else None
    packs = feed(ranks.rank, ranks.count, positions)
    position = positions[ranks.rank] if ranks.rank < len(positions) else ""
    skipped = 0

    logs = Logs(folder, settings.logging, settings.steps, ranks, say, log_lengths)
    with stopping() as wish, closing(logs):
        for step in range(taken + 1, settings.steps + 1):
            began = time.perf_counter()
            rate = rate_at(settings.optimiser, step, settings.steps)
            set_rate(optimiser, rate)

            # What all ranks are going to learn from in this step, and whether any of them was asked to stop.
            drawn = _drawn(packs, settings.accumulate)
            own = counts((pack.packed for pack, _ in drawn), settings.loss)
            mse_count, ce_count, asked = ranks.sums([own.mse, own.ce, float(bool(wish.asked))])
            whole = Counts(mse_count, ce_count)

            mse = ce = 0.0
            tokens = 0
            for pack, position in drawn:  # noqa: B007 (saved with the checkpoint)
                packed = encode(pack, codec, config, ranks.device, settings.precision)
                losses = model(packed)
                part = sums(losses, packed, settings.loss)
                to_minimise(part, whole, settings.loss, ranks).backward()
                mse, ce = mse + part.mse.item(), ce + part.ce.item()
                tokens += packed.layout.length
                logs.samples(sample_losses(step, losses, packed, pack.owners, config.timestep_shift))

            gradient = clip(weights, settings.optimiser.clip)
            finite = math.isfinite(gradient)
            if finite:
                optimiser.step()
                average.update(weights, step)
            optimiser.zero_grad(set_to_none=True)

            mse, ce, tokens = ranks.sums([mse, ce, tokens])
            mse_mean, ce_mean = mean(mse, whole.mse), mean(ce, whole.ce)
            logs.step(
                StepRecord(
                    step=step,
                    loss=settings.loss.mse * (mse_mean or 0.0) + settings.loss.ce * (ce_mean or 0.0),
                    mse=mse_mean,
                    ce=ce_mean,
                    gradient=gradient if finite else None,
                    rate=rate,
                    tokens=int(tokens),
                    fill=tokens / (settings.data.expected * settings.accumulate * ranks.count),
                    seconds=time.perf_counter() - began,
                    skipped=not finite,
                )
            )
            skipped = 0 if finite else skipped + 1
            if skipped == _MOST_SKIPPED:
                raise _no_sense(step, folder)

            taken = step
            if step % settings.saving.every == 0 or step == settings.steps or asked:
                saved = save(run, step, state, position, logs.lengths(), notes, ranks)
            if asked:
                say(f"stopped after step {step}; the same command goes on from {saved}")
                return Outcome(step=step, checkpoint=saved, stopped=wish.asked or "another rank's")

    return Outcome(step=taken, checkpoint=saved, published=_published(run, start, folder, taken, ranks, say))


def _check_memory(start: Start, settings: Settings, ranks: Ranks, say: Callable[[str], None]) -> None:
    """Say what a rank needs and what there is, and refuse before anything is loaded."""
    shards = ranks.mesh.size(-1) if ranks.mesh else 1
    kind = ranks.device.type
    needed = estimate(start.config, settings, ranks=ranks.count, shards=shards, device=kind)
    free = available(ranks.device, int(os.environ.get("LOCAL_WORLD_SIZE", "1")))
    for line in needed.lines():
        say(line)
    say(
        f"  free on {ranks.device}: {free / 1e9:,.2f} GB; computing in {settings.precision}, weights that learn in fp32"
    )
    refuse(needed, free, start.config, settings, ranks=ranks.count, shards=shards, device=kind)


def _published(
    run: RunFolder, start: Start, folder: Path, step: int, ranks: Ranks, say: Callable[[str], None]
) -> Path | None:
    """The run's last checkpoint in the published layout, written by the first rank alone."""
    target = folder / f"published-{step:06}"
    newest = run.newest_first()
    if ranks.first and newest and not target.exists():
        publish(newest[0], target, tokens=start.tokens)
        say(f"published as {target}")
    return target if newest else None


def _no_sense(step: int, folder: Path) -> Problem:
    return Problem(
        f"the gradient was not finite {_MOST_SKIPPED} times in a row, the last time at step {step}",
        where=folder / "log.jsonl",
        remedy="Lower the rate or lengthen the warm-up; samples-*.jsonl shows which samples these steps had.",
    )


def _drawn(packs: Iterator[tuple[Unencoded, str]], count: int) -> list[tuple[Unencoded, str]]:
    drawn = list(islice(packs, count))
    if len(drawn) < count:
        raise Problem("the data ended before the run", remedy="Feed it without end, or set fewer steps.")
    return drawn


def _named(path: Path | None) -> str:
    return str(path.resolve()) if path else ""


def _silent(text: str) -> None:
    del text
