"""The state of a run, to a checkpoint and back: weights, moments, average, place in the data, random numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
from torch import Tensor

from echoloop.records import Mistake
from echoloop.train.bagel import Bagel, BagelConfig
from echoloop.train.checkpoints import Checkpoint, RankState, RunFolder
from echoloop.train.running.distributed import Ranks
from echoloop.train.running.ema import Average
from echoloop.train.running.optimising import moments, set_steps, steps_taken
from echoloop.train.running.settings import Settings
from echoloop.train.running.tuning import learning

_SETTINGS, _CONFIG, _BASE, _FILL, _TAKEN = "settings", "config", "base", "fill", "steps_taken"


@dataclass(frozen=True)
class State:
    """What learns and what it has gathered."""

    model: Bagel
    optimiser: torch.optim.AdamW
    average: Average

    def tensors(self, base: Path | None) -> dict[str, Tensor]:
        """By the names they are saved under. Frozen weights are saved only where no checkpoint holds them."""
        weights = learning(self.model)
        kept = weights if base else dict(self.model.named_parameters())
        return {
            **{f"model/{name}": value.detach() for name, value in kept.items()},
            **{f"ema/{name}": value for name, value in self.average.values.items()},
            **moments(self.optimiser, weights),
        }


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    """What a checkpoint says of its run. `base`: the published checkpoint whose frozen weights it counts on."""

    settings: Settings
    config: BagelConfig
    base: str = ""
    fill: str = ""

    def encoded(self) -> dict[str, str]:
        return {
            _SETTINGS: msgspec.json.encode(self.settings).decode(),
            _CONFIG: msgspec.json.encode(self.config).decode(),
            _BASE: self.base,
            _FILL: self.fill,
        }


def notes_of(checkpoint: Checkpoint) -> Notes:
    """What a checkpoint says of its run."""
    said = checkpoint.manifest.notes
    return Notes(
        settings=msgspec.json.decode(said[_SETTINGS], type=Settings),
        config=msgspec.json.decode(said[_CONFIG], type=BagelConfig),
        base=said[_BASE],
        fill=said[_FILL],
    )


def newest_good(folder: RunFolder, ranks: Ranks, say: Callable[[str], None]) -> Checkpoint | None:
    """The newest checkpoint whose bytes are what was written; each rank reads a part of the files."""
    for checkpoint in folder.newest_first():
        fault = checkpoint.fault(ranks.rank, ranks.count)
        if fault:
            say(f"{checkpoint.folder} is passed over: {fault}")
        if ranks.all_agree(not fault):
            return checkpoint
    return None


def check_same_run(checkpoint: Checkpoint, notes: Notes) -> None:
    """Raises Mistake where the run was begun otherwise than it is to go on."""
    before = notes_of(checkpoint)
    changed = [f"settings.{name}" for name in notes.settings.same_run(before.settings)]
    changed += ["the model's configuration"] if before.config != notes.config else []
    changed += ["the weights it began with"] if (before.base, before.fill) != (notes.base, notes.fill) else []
    if changed:
        raise Mistake(
            f"this run was begun with other values of {', '.join(changed)}",
            where=checkpoint.folder,
            remedy="Go on with the same values, or begin a new run in another folder (from its published weights).",
        )


def save(
    folder: RunFolder,
    step: int,
    state: State,
    position: str,
    log_bytes: Mapping[str, int],
    notes: Notes,
    ranks: Ranks,
) -> Path:
    """A checkpoint of all ranks."""
    tensors = state.tensors(Path(notes.base) if notes.base else None)
    tensors |= _randomness(ranks) | {_TAKEN: torch.tensor([steps_taken(state.optimiser)])}
    own = RankState(position=position, log_bytes=dict(log_bytes))
    return folder.save(step, tensors, own, notes.encoded(), ranks)


def restore(checkpoint: Checkpoint, state: State, notes: Notes, ranks: Ranks) -> list[RankState]:
    """Put everything back. Returns what each rank of the run knew then; they may have been more or fewer."""
    saved = checkpoint.tensors()
    for name, value in state.tensors(Path(notes.base) if notes.base else None).items():
        saved.restore(name, value)
    set_steps(state.optimiser, int(saved.whole(_TAKEN)))
    if checkpoint.manifest.ranks == ranks.count:
        for name, current in _randomness(ranks).items():
            value = saved.of_rank(ranks.rank, name)
            if value is not None and value.shape == current.shape:
                (torch.cuda.set_rng_state if name.startswith("random/cuda") else torch.set_rng_state)(value)
    return checkpoint.ranks()


def _randomness(ranks: Ranks) -> dict[str, Tensor]:
    """A tensor of each rank's own: the name says whose, so that nobody takes it for rows of one whole."""
    states = {f"random/cpu/{ranks.rank}": torch.get_rng_state()}
    if ranks.device.type == "cuda":
        states[f"random/cuda/{ranks.rank}"] = torch.cuda.get_rng_state(ranks.device)
    return states
