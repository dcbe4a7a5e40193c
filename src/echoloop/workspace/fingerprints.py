"""What a table was made from, as one hash: when none of it changed, the table is fresh."""

import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa


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
    """A hash of every source file in the folder a stage is written in: a change in a neighbour it calls counts too."""
    file = inspect.getsourcefile(inspect.unwrap(function))
    if file is None:
        return f"{function.__module__}.{function.__qualname__}"
    digest = hashlib.sha256()
    for source in sorted(Path(file).parent.glob("*.py")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()
