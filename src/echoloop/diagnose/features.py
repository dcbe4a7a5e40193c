"""What an encoder saw in a picture, kept by the picture's content: encoded once, however many models are compared."""

import io
import threading
import zipfile
from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from echoloop.diagnose.metric import Encode, Encoder, Features
from echoloop.diagnose.weights import find_weights, missing_words, verified_digest
from echoloop.engine import Desk
from echoloop.images import BadImage, Pixels, decode
from echoloop.records import Problem
from echoloop.workspace import ImageStore, place_file


class FeaturesDamaged(Problem):
    """A file of features does not read."""


class FeatureStore:
    """`features/<encoder>/ab/ab12...` beside the picture store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __contains__(self, picture: str) -> bool:
        return self._path(picture).exists()

    def put(self, picture: str, features: Features) -> None:
        """Keep what was seen; it can be made again, so it need not survive a power cut."""
        data = io.BytesIO()
        arrays: dict[str, Any] = {name: np.asarray(value) for name, value in features.items()}
        np.savez(data, **arrays)
        place_file(self._path(picture), data.getvalue(), durable=False)

    def read(self, picture: str) -> Features:
        """What was seen in a picture."""
        place = self._path(picture)
        try:
            with np.load(place, allow_pickle=False) as stored:
                return {name: stored[name] for name in stored.files}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise FeaturesDamaged(
                "what was seen in a picture does not read",
                where=place,
                remedy="Delete that file and run `echoloop diagnose --force`: the picture is looked at again.",
            ) from error

    def _path(self, picture: str) -> Path:
        return self.folder / picture[:2] / picture


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """Pictures that go through an encoder together."""

    pictures: tuple[str, ...]


class Unencoded(msgspec.Struct, frozen=True, kw_only=True):
    """Why pictures of a chunk have no features, by picture."""

    absences: dict[str, str]


class ChunkEncoding:
    """Encodes chunks and keeps what comes out. The model is opened where the work is, once, on the first chunk."""

    def __init__(self, encoder: Encoder, weights: Path | None, folder: str) -> None:
        self._encoder = encoder
        self._weights = weights
        self._folder = folder
        self._opened: Encode | None = None
        self._opening = threading.Lock()

    def __reduce__(self) -> tuple[type["ChunkEncoding"], tuple[Encoder, Path | None, str]]:
        return ChunkEncoding, (self._encoder, self._weights, self._folder)

    def __call__(self, chunk: Chunk, images: ImageStore) -> Unencoded:
        pictures: dict[str, Pixels] = {}
        absences: dict[str, str] = {}
        for picture in chunk.pictures:
            try:
                pictures[picture] = decode(images.read(picture)).pixels
            except BadImage as error:
                absences[picture] = f"undecodable: {error.reason}"
        if pictures:
            with self._opening:
                self._opened = self._opened or self._encoder.open(self._weights)
                found = self._opened(list(pictures.values()))
            for picture, features in zip(pictures, found, strict=True):
                FeatureStore(Path(self._folder)).put(picture, features)
        return Unencoded(absences=absences)


def why_closed(encoder: Encoder, places: dict[str, str]) -> str:
    """Why an encoder cannot be opened on this machine; empty where it can."""
    for library in encoder.requires:
        if find_spec(library) is None:
            return f"not measured: {library} is not installed, run `pip install 'echoloop[metrics]'`"
    if encoder.weights is not None and find_weights(encoder.weights, places) is None:
        return missing_words(encoder.weights)
    return ""


def encode_pictures(
    desk: Desk[Any], encoder: Encoder, places: dict[str, str], pictures: Sequence[str]
) -> tuple[FeatureStore, dict[str, str]]:
    """See to it that every picture has features; those that cannot have any come back with the reason."""
    weights = find_weights(encoder.weights, places) if encoder.weights else None
    digest = verified_digest(encoder.weights, weights) if encoder.weights and weights else ""
    store = FeatureStore(desk.images.folder.parent / "features" / encoder_id(encoder, digest))
    new = [picture for picture in sorted(set(pictures)) if picture not in store]
    chunks = [
        Chunk(pictures=tuple(new[start : start + encoder.batch]))
        for start in range(0, len(new), encoder.batch)
    ]
    absences: dict[str, str] = {}
    for found in desk.map(chunks, ChunkEncoding(encoder, weights, str(store.folder)), Unencoded):
        absences.update(found.absences)
    return store, absences


def encoder_id(encoder: Encoder, weights_digest: str = "") -> str:
    """What features are kept under: another version, other parameters or other weights are another encoder."""
    parts = [encoder.version, weights_digest, *(f"{name}={value}" for name, value in encoder.parameters)]
    return f"{encoder.name}-{sha256(chr(0).join(parts).encode()).hexdigest()[:12]}"
