"""Posts from the places where people talk: read, united, and scored for relevance."""

from echoloop.collect.digest import archive_digest
from echoloop.collect.settings import CollectSettings
from echoloop.collect.stages import collect_stages

__all__ = ["CollectSettings", "archive_digest", "collect_stages"]
