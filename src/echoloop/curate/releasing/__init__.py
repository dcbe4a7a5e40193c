"""Items -> a release: a version of the benchmark that never changes, and a public variant that shows no content."""

from echoloop.curate.releasing.changes import Change
from echoloop.curate.releasing.gate import Finding
from echoloop.curate.releasing.verifying import Verified, verify_release
from echoloop.curate.releasing.writing import Release, write_release

__all__ = ["Change", "Finding", "Release", "Verified", "verify_release", "write_release"]
