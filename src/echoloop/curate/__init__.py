"""Posts -> conversations -> samples -> a release."""

from echoloop.curate.release import Release, write_release
from echoloop.curate.settings import CurateSettings
from echoloop.curate.stages import curate_stages
from echoloop.curate.threads import merge_threads

__all__ = ["CurateSettings", "Release", "curate_stages", "merge_threads", "write_release"]
