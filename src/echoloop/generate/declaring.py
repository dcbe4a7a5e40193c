"""Declaring a model in this process or a program as an endpoint, under a name that says what exactly draws."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from echoloop.calls import Endpoint, Price

_CODE = frozenset({".py", ".sh", ".bash", ".js", ".mjs", ".ts", ".rb", ".pl", ".lua", ".jl", ".r", ".R"})
_LARGEST_SCRIPT = 16 * 1024 * 1024
_DAYS = 7 * 24 * 3600.0
AT_ONCE = 256


def command_endpoint(
    name: str,
    command: Sequence[str],
    *,
    scratch: Path,
    where: Path,
    hide: Sequence[str] = (),
    patience: float = 600.0,
    line_by_line: bool = False,
    snapshot: str | None = None,
    developer: str = "unknown",
    price: Price | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Endpoint:
    """A program as an endpoint. It runs in `where`, works in `scratch`/`name`, and does not see the variables in `hide`.

    A program that delivers nothing for `patience` seconds is ended; one that draws `line_by_line` need not see the end of its
    input first, and is then started only once. Without a `snapshot` the model is named by the command and
    the content of every script that the command names, so that one that was changed is another model.
    """
    return Endpoint(
        name=name,
        provider="command",
        model=f"{name}@{_content(command, where)}",
        snapshot=snapshot,
        developer=developer,
        factory="echoloop.generate.commands:open_command",
        factory_options={
            "command": msgspec.json.encode(list(command)).decode(),
            "folder": str(scratch / name),
            "where": str(where),
            "patience": f"{patience:g}",
            "line_by_line": "yes" if line_by_line else "",
            "hide": " ".join(sorted(set(hide))),
        },
        concurrency=AT_ONCE,
        total_timeout=_DAYS,
        retries=0,
        price=price,
        parameters=dict(parameters or {}),
    )


def python_endpoint(
    name: str,
    model: str,
    options: Mapping[str, str],
    *,
    snapshot: str | None = None,
    developer: str = "unknown",
    price: Price | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Endpoint:
    """What "package.module:function" builds from its options, as an endpoint. It draws one picture after the other.

    A `revision` among the options pins the model.
    """
    told = sha256(msgspec.json.encode([model, dict(options)], order="sorted")).hexdigest()[:12]
    called = f"{options.get('weights', model)}@{options.get('revision') or 'unpinned'}"
    return Endpoint(
        name=name,
        provider="python",
        model=f"{called} {told}",
        snapshot=snapshot,
        developer=developer,
        factory="echoloop.generate.serving:open_model",
        factory_options={"model": model, **options},
        concurrency=1,
        total_timeout=_DAYS,
        retries=0,
        price=price,
        parameters=dict(parameters or {}),
    )


def _content(command: Sequence[str], where: Path) -> str:
    """The command and the code that it names. Other files that it names may be what it writes, and say nothing of what it is."""
    digest = sha256(msgspec.json.encode(list(command)))
    for word in command:
        file = where / word
        try:
            if file.suffix in _CODE and file.is_file() and file.stat().st_size <= _LARGEST_SCRIPT:
                digest.update(sha256(file.read_bytes()).digest())
        except (OSError, ValueError):
            continue
    return digest.hexdigest()[:16]
