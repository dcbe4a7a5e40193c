"""The one place that knows Daft: rows of bytes in, a function over batches, rows of bytes out, in the order they came.

Every trap met with Daft is answered here: telemetry and progress bars off before import, no subprocess of its choosing,
sync batch functions (its async ones ignore their concurrency), explicit types, order restored, row counts compared.
"""

import logging
import os
from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec
import pyarrow as pa

from echoloop.records import Mistake, Problem

Work: TypeAlias = Callable[[list[bytes]], list[bytes]]

_QUIET = {
    "DO_NOT_TRACK": "1",
    "DAFT_ANALYTICS_ENABLED": "0",
    "DAFT_PROGRESS_BAR": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}


class EngineSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`[engine]` of echoloop.toml. `address` is a Ray cluster's; without one a local cluster is started."""

    runner: str = "native"
    address: str = ""
    workers: int = 0


class LostRows(Problem):
    """The engine gave back fewer rows than it got: nothing may be written from that."""


def hush() -> None:
    """No telemetry leaves the machine; must run before Daft or Ray is imported."""
    os.environ.update(_QUIET)


def start_runner(settings: EngineSettings) -> None:
    """Choose Daft's runner for this process, starting or joining Ray when asked to."""
    hush()
    if settings.runner == "native":
        os.environ.setdefault("DAFT_RUNNER", "native")
        return
    if settings.runner != "ray":
        raise Mistake(
            f"[engine] runner = {settings.runner!r} is not known",
            where="echoloop.toml",
            remedy='Use "native" or "ray".',
        )
    try:
        import ray
    except ImportError as error:
        raise Mistake(
            'the engine is set to "ray", and Ray is not installed',
            where="echoloop.toml [engine]",
            remedy="pip install 'echoloop[ray]', or set runner = \"native\".",
        ) from error
    import daft

    if not ray.is_initialized():
        ray.init(
            address=settings.address or None,
            num_cpus=None if settings.address else settings.workers or None,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    daft.set_runner_ray(address=settings.address or None, noop_if_initialized=True)


def run_batches(rows: Sequence[bytes], work: Work, batch_rows: int, settings: EngineSettings) -> list[bytes]:
    """Apply `work` to batches of rows, wherever the runner puts them."""
    if not rows:
        return []
    hush()
    import daft

    def apply(batch: daft.Series) -> list[bytes]:
        return work(batch.to_pylist())

    answer = daft.func.batch(
        return_dtype=daft.DataType.binary(), use_process=False, batch_size=min(batch_rows, len(rows))
    )(apply)
    frame = daft.from_arrow(
        pa.table(
            {"position": pa.array(range(len(rows)), pa.int64()), "row": pa.array(rows, pa.large_binary())}
        )
    )
    if settings.runner == "ray":
        frame = frame.into_partitions(max(1, min(settings.workers or 4, len(rows))))
    result = frame.select(frame["position"], answer(frame["row"]).alias("answer")).to_arrow()
    if result.num_rows != len(rows):
        raise LostRows(
            f"the engine returned {result.num_rows:,} of {len(rows):,} rows",
            where=f"runner {settings.runner}",
            remedy="Run the same command again: answers that were paid for are replayed from their receipts.",
        )
    ordered = result.sort_by("position")
    return ordered.column("answer").to_pylist()
