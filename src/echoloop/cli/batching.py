"""`--batch`: what the ledger lacks goes to the providers as batches, at half the price, and the act then runs from receipts."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from echoloop.calls import Ledger
from echoloop.calls.batching import BatchFolder, BroughtIn, Submitted, bring_in, submit
from echoloop.calls.replaying import Wanted
from echoloop.cli.composing import House, Run, session_over
from echoloop.cli.messages import counted, say
from echoloop.cli.options import Running
from echoloop.engine import Progress, Stage, Stopped
from echoloop.records import Problem
from echoloop.workspace import Workspace

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_REASONS = 3


def folder_of(workspace: Workspace) -> BatchFolder:
    """Where a workspace's batches are noted down."""
    return BatchFolder(workspace.path / "batches")


class Batches:
    """The batches of one workspace during one command. `spent` is what those cost that were collected in it."""

    def __init__(self, workspace: Workspace, house: House, running: Running, run: Run) -> None:
        self._workspace = workspace
        self._house = house
        self._running = running
        self._run = run
        self._folder = folder_of(workspace)
        self._unanswered = 0
        self.spent = 0.0

    def settle(self) -> None:
        """Take what providers have finished into the ledger. Without open batches nothing is looked at."""
        if self._folder.open():
            self._tell(self._brought())

    def buy(self, stages: Callable[[], Sequence[Stage]]) -> None:
        """Order what is missing and wait until it is in the ledger, stage after stage as answers make more askable.

        A request goes into one batch a run: what comes back without an answer is left to the live run. Ctrl-C leaves the
        batches where they are, and the same command goes on with them.
        """
        ordered: set[str] = set()
        while True:
            missing = [want for want in self._missing(stages()) if want.key not in ordered]
            ordered |= {want.key for want in missing}
            for line in _ordered(self._submit(missing)):
                say(line)
            if not self._wait():
                return

    def keys_under_way(self) -> frozenset[str]:
        """What is in batches now, and is not asked live: it would be paid twice."""
        return self._folder.keys_under_way()

    def rest_of(self, running: Running) -> Running:
        """The same options, with what is left of the bound on costs."""
        if running.max_cost is None or not self.spent:
            return running
        return replace(running, max_cost=max(0.0, running.max_cost - self.spent))

    def last_words(self) -> Iterator[str]:
        """What a person should know of batches at the end."""
        if self._unanswered:
            yield f"{counted(self._unanswered, 'request')} came back from batches without an answer and went live, at the full price."
        if under_way := len(self.keys_under_way()):
            yield f"{counted(under_way, 'request')} are still in batches; the same command with --batch waits for them."

    def explained(self, error: Problem) -> Problem:
        """An act of which not one question was answered, when that is because they are all in batches."""
        under_way = len(self.keys_under_way())
        if not under_way:
            return error
        return Stopped(
            f"{counted(under_way, 'request')} are in batches, and asked live they would be paid twice",
            remedy="Run the same command with --batch: it waits for them and goes on.",
        )

    def _brought(self) -> BroughtIn:
        with Ledger(self._workspace.receipts) as ledger:
            put = self._workspace.images.put
            return asyncio.run(bring_in(self._folder.path, self._house.endpoints, ledger=ledger, put=put))

    def _missing(self, stages: Sequence[Stage]) -> list[Wanted]:
        """Everything that the stages would ask now. A stage whose inputs are not there yet asks later."""
        quiet = Run(Progress("quiet"), threading.Event())
        force = self._running.force
        with session_over(
            self._workspace, self._house, self._running, quiet, mode="plan", force=force
        ) as planning:
            missing = planning.opened.door.keep_missing()
            for stage in stages:
                try:
                    planning.run([stage])
                except Problem:
                    break
            return list(missing)

    def _submit(self, missing: Sequence[Wanted]) -> Submitted:
        return asyncio.run(
            submit(
                missing,
                self._house.endpoints,
                self._folder.path,
                read=self._workspace.images.read,
                max_cost=self.rest_of(self._running).max_cost,
            )
        )

    def _wait(self) -> bool:
        """Until a batch has ended; whether there was any to wait for."""
        waiting = self._folder.open()
        if not waiting:
            return False
        requests = sum(batch.requests for batch in waiting)
        say(
            f"{counted(requests, 'request')} in {counted(len(waiting), 'batch', 'batches')}; waiting for the providers."
        )
        pause = _FIRST_WAIT
        while len(self._folder.open()) == len(waiting):
            pause = min(pause * 1.5, _LONGEST_WAIT)
            if self._run.stop.wait(pause):
                raise Stopped(
                    f"stopped while {counted(requests, 'request')} are in batches; they go on without us",
                    remedy="Run the same command again to collect them.",
                )
            self._tell(self._brought())
        return True

    def _tell(self, brought: BroughtIn) -> None:
        for one in brought.collected:
            self.spent += one.cost
            self._unanswered += one.missing
            unanswered = f", {one.missing:,} without an answer" if one.missing else ""
            money = f"${one.cost:.4f}" + (f" and {one.unpriced:,} of unknown price" if one.unpriced else "")
            name = one.batch.remote or one.batch.id
            say(f"batch {name}: {one.answered:,} answers, {one.refused:,} refusals{unanswered}; {money}")
            for reason, count in sorted(one.failures.items(), key=lambda pair: -pair[1])[:_REASONS]:
                say(f"  {count:,} x {reason}")
        for batch in brought.dropped:
            say(f"batch {batch.id} never reached {batch.provider}: its requests are free again.")
        for stuck in brought.stuck:
            say(f"batch {stuck.batch.id} cannot be brought on: {stuck.reason}")


def _ordered(submitted: Submitted) -> Iterator[str]:
    for batch in submitted.batches:
        yield f"ordered {counted(batch.requests, 'request')} of {batch.endpoint} as batch {batch.remote}"
    for left in submitted.left_out:
        yield f"{counted(left.requests, 'request')} of {left.endpoint} go live instead: {left.reason}"
    for batch in submitted.unsure:
        yield f"batch {batch.id}: {batch.provider} has not said whether it has it; its requests are left alone"
