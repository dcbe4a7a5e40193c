"""What a table was made from, as one hash: when none of it changed, the table is fresh."""

import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from echoloop.records import ACTS

_FACES = ("lab", "report", "studio", "cli", "suites")


def fingerprint(
    *,
    inputs: Mapping[str, str],
    settings: msgspec.Struct | None,
    prompts: Sequence[str],
    models: Sequence[str],
    function: Callable[..., Any],
    schema: pa.Schema,
) -> str:
    """Hash the inputs' contents, the settings, the prompts' texts, the models asked, and the stage's source."""
    parts = {
        "inputs": dict(inputs),
        "settings": _identity(settings),
        "prompts": list(prompts),
        "models": list(models),
        "source": source_of(function),
        "schema": schema.to_string(),
    }
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


def _identity(settings: msgspec.Struct | None) -> dict[str, Any] | None:
    """The settings without what they list as `PLACES`: where a thing lies is not what it is."""
    if settings is None:
        return None
    places: tuple[str, ...] = getattr(settings, "PLACES", ())
    return {name: value for name, value in msgspec.to_builtins(settings).items() if name not in places}


def source_of(function: Callable[..., Any]) -> str:
    """A hash of the code a stage may run: its own folder, and every room of the house that stands below the acts.

    Coarse on purpose. Making a table again costs little (receipts answer), trusting one that other code made costs a lot.
    """
    while isinstance(function, partial):
        function = function.func
    file = inspect.getsourcefile(inspect.unwrap(function))
    if file is None:
        return f"{function.__module__}.{function.__qualname__}"
    return _hash_of(Path(file).parent) + _rooms_below()


@cache
def _rooms_below() -> str:
    house = Path(__file__).parents[1]
    above = {*ACTS, *_FACES}
    rooms = sorted(room for room in house.iterdir() if room.is_dir() and room.name not in above)
    return hashlib.sha256("".join(_hash_of(room) for room in rooms).encode()).hexdigest()


@cache
def _hash_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for source in sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".md")):
        digest.update(str(source.relative_to(folder)).encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()
