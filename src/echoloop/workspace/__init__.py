"""One directory on disk: tables, pictures, receipts, releases; what is fresh; who may write; how to forget."""

from echoloop.workspace.directory import Workspace, reading, writing
from echoloop.workspace.fingerprints import fingerprint
from echoloop.workspace.forgetting import TOMBSTONES, Forgotten, forget, forgotten_posts, pictures_in
from echoloop.workspace.forgetting_journal import Unfinished, unfinished
from echoloop.workspace.image_store import ImageDamaged, ImageMissing, ImageStore
from echoloop.workspace.lock import Holder, WorkspaceBusy
from echoloop.workspace.manifests import DamagedTable, Manifest, Origin
from echoloop.workspace.placing import CouldNotWrite, place_file
from echoloop.workspace.tables import Tables

__all__ = [
    "TOMBSTONES",
    "CouldNotWrite",
    "DamagedTable",
    "Forgotten",
    "Holder",
    "ImageDamaged",
    "ImageMissing",
    "ImageStore",
    "Manifest",
    "Origin",
    "Tables",
    "Unfinished",
    "Workspace",
    "WorkspaceBusy",
    "fingerprint",
    "forget",
    "forgotten_posts",
    "pictures_in",
    "place_file",
    "reading",
    "unfinished",
    "writing",
]
