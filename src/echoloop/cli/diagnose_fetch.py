"""Fetching the weights that a metric needs: the only place of diagnose that goes to the hub, and only when asked to."""

import importlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from echoloop.diagnose import Weights, open_metrics
from echoloop.diagnose.catalogue import BUILT_IN
from echoloop.diagnose.weights import NOTE, WeightsNote, cache_folder, file_digest
from echoloop.records import Mistake
from echoloop.workspace import place_file


class Download(NamedTuple):
    """A file as the hub delivered it: where it lies, the commit it is of, and the SHA-256 that the hub declares of it."""

    path: Path
    commit: str
    declared: str


Fetch = Callable[[Weights, str], Download]


def known_weights(metrics: tuple[str, ...] = ()) -> dict[str, Weights]:
    """Every model that a built-in metric, or one of these, can use, by name."""
    opened = (*BUILT_IN, *(open_metrics(metrics) if metrics else ()))
    encoders = [metric.encoded.encoder for metric in opened if metric.encoded]
    return {one.weights.name: one.weights for one in encoders if one.weights}


def fetch_weights(name: str, *, metrics: tuple[str, ...] = (), fetch: Fetch | None = None) -> Path:
    """Fetch a model into the cache and note the SHA-256 of each file; returns its folder.

    A file is kept only if it is the one that its declaration, or else the hub, says it is.
    """
    known = known_weights(metrics)
    if name not in known:
        raise Mistake(
            f"no metric uses weights called {name!r}", remedy=f"Use one of: {', '.join(sorted(known))}."
        )
    weights = known[name]
    folder = cache_folder() / weights.name
    folder.mkdir(parents=True, exist_ok=True)
    digests: dict[str, str] = {}
    commits: set[str] = set()
    for file, download in _downloads(weights, fetch or from_hub):
        digests[file] = _checked(weights, file, download)
        commits.add(download.commit)
        _copy(download.path, folder / file)
    if len(commits) != 1:
        raise Mistake(
            f"the files of {weights.hub} come from different commits", remedy="Run the same command again."
        )
    note = WeightsNote(hub=weights.hub, revision=commits.pop(), files=digests)
    place_file(folder / NOTE, msgspec.json.encode(note))
    return folder


def _downloads(weights: Weights, fetch: Fetch) -> Iterator[tuple[str, Download]]:
    for file in weights.files:
        yield file, fetch(weights, file)


def _checked(weights: Weights, file: str, download: Download) -> str:
    found = file_digest(download.path)
    wanted = weights.sha256.get(file) or download.declared or found
    if found != wanted:
        raise Mistake(
            f"{file} of {weights.hub} arrived with another SHA-256 than it should have",
            where=download.path,
            remedy="Delete that file and run the same command again.",
        )
    return found


def _copy(source: Path, target: Path) -> None:
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        shutil.copyfile(source, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def from_hub(weights: Weights, file: str) -> Download:
    """One file of a model, through the hub's own client."""
    try:
        hub: Any = importlib.import_module("huggingface_hub")
    except ImportError as error:
        raise Mistake(
            f"{error.name} is not installed", remedy="Run `pip install 'echoloop[metrics]'`."
        ) from error
    try:
        about = hub.get_hf_file_metadata(hub.hf_hub_url(weights.hub, file, revision=weights.revision))
        path = hub.hf_hub_download(weights.hub, file, revision=about.commit_hash)
    except (OSError, ValueError) as error:
        raise Mistake(
            f"{file} of {weights.hub} could not be fetched: {str(error)[:160]}",
            remedy=f"Run the same command again, or give a folder of your own under [diagnose.weights] {weights.name}.",
        ) from error
    etag = str(about.etag or "")
    return Download(Path(path), str(about.commit_hash), etag if len(etag) == 64 else "")
