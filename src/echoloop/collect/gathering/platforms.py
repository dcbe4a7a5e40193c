"""A platform as a run sees it: its source, and what asking it costs."""

import threading
from collections.abc import Callable, Mapping

import msgspec

from echoloop.collect.sources import PlatformSettings, Source, most_reads, open_source


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """`price_per_read` is None where nobody said what a read costs. `reads_at_most` bounds what one request may be billed for."""

    source: Source
    concurrency: int = 2
    price_per_read: float | None = None
    reads_at_most: int = 0


def open_platform(
    settings: PlatformSettings,
    *,
    stop: threading.Event,
    announce: Callable[[str], None],
    environ: Mapping[str, str],
) -> Platform:
    """The source of these settings. A platform that bills no reads is free, and says so."""
    reads = most_reads(settings)
    return Platform(
        source=open_source(settings, stop=stop, announce=announce, environ=environ),
        concurrency=settings.concurrency,
        price_per_read=settings.price_per_read if reads else settings.price_per_read or 0.0,
        reads_at_most=reads,
    )
