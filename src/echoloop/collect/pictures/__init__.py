"""Pictures: fetched without trusting anybody, stored once by content, looked at before they leave."""

from echoloop.collect.pictures.addresses import ForbiddenAddress, Reach, admit_address, admit_url
from echoloop.collect.pictures.beside import NotHere, PictureFile, keep_files, picture_file
from echoloop.collect.pictures.fetching import PictureFetcher
from echoloop.collect.pictures.limits import FetchLimits
from echoloop.collect.pictures.looking import Look, look_at
from echoloop.collect.pictures.outcomes import PictureOutcome

__all__ = [
    "FetchLimits",
    "ForbiddenAddress",
    "Look",
    "NotHere",
    "PictureFetcher",
    "PictureFile",
    "PictureOutcome",
    "Reach",
    "admit_address",
    "admit_url",
    "keep_files",
    "look_at",
    "picture_file",
]
