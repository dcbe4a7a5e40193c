"""Archives of posts: files and streams that other tools have written, read without any account."""

from echoloop.collect.archives.archive import Archive, Batch
from echoloop.collect.archives.formats import FORMATS, Format
from echoloop.collect.archives.opening import open_archives

__all__ = ["FORMATS", "Archive", "Batch", "Format", "open_archives"]
