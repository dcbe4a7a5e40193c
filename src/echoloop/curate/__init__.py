"""Posts -> conversations -> samples -> a release."""

from echoloop.curate.openable import Openable
from echoloop.curate.releasing import Release, write_release
from echoloop.curate.review_files import export_queue
from echoloop.curate.review_import import Imported, import_reviews
from echoloop.curate.reviewed import REVIEWS
from echoloop.curate.reviewing import review_cases
from echoloop.curate.settings import CurateSettings
from echoloop.curate.stages import curate_stages
from echoloop.curate.threads import merge_threads

__all__ = [
    "REVIEWS",
    "CurateSettings",
    "Imported",
    "Openable",
    "Release",
    "curate_stages",
    "export_queue",
    "import_reviews",
    "merge_threads",
    "review_cases",
    "write_release",
]
