"""The platforms that can be asked, each behind the protocol `Source`, over one transport of our own."""

from echoloop.collect.sources.opening import PLATFORMS, open_source
from echoloop.collect.sources.settings import Access, PlatformSettings, most_reads
from echoloop.collect.sources.source import ErrandFailed, KeyRefused, QuotaEnded, Source, SourceProblem

__all__ = [
    "PLATFORMS",
    "Access",
    "ErrandFailed",
    "KeyRefused",
    "PlatformSettings",
    "QuotaEnded",
    "Source",
    "SourceProblem",
    "most_reads",
    "open_source",
]
