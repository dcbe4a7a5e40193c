"""[models.NAME] as an image model of one of its kinds, and the endpoints that come with it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from echoloop.calls import Endpoint, Price
from echoloop.cli.settings_file import ModelTable, SettingsFile
from echoloop.generate import (
    AnyImageModel,
    ChainModel,
    FolderModel,
    ImageModel,
    command_endpoint,
    folder_identity,
    python_endpoint,
)
from echoloop.records import Mistake

_KINDS = ("endpoint", "chain", "folder", "command", "python")


class Declared(Protocol):
    """What a model's table is read beside."""

    path: Path
    settings: SettingsFile

    @property
    def endpoints(self) -> Mapping[str, Endpoint]: ...

    @property
    def scratch(self) -> Path: ...

    def known(self, name: str, table: str) -> str: ...


def image_model(house: Declared, name: str) -> AnyImageModel:
    """The model of a table, every name in it known to exist."""
    table = house.settings.models[name]
    where, developer, snapshot = f"models.{name}", developer_of(house, name), table.snapshot or ""
    match _kind(house, name, table):
        case "chain" if table.chain:
            return ChainModel(
                name=name,
                reader=house.known(table.chain.reader, where),
                draws=house.known(table.chain.draws, where),
                developer=developer,
                pinned_model=snapshot,
            )
        case "folder" if table.folder:
            folder = house.path.parent / table.folder
            return FolderModel(
                name=name,
                folder=str(folder.absolute()),
                content=folder_identity(folder),
                developer=developer,
                pinned_model=snapshot,
            )
        case kind:
            endpoint = house.known(table.endpoint, where) if table.endpoint else _made_name(name)
            try:
                return ImageModel(
                    name=name,
                    endpoint=endpoint,
                    developer=developer,
                    pinned_model=snapshot if table.endpoint else "",
                    inputs=table.inputs,
                    takes=table.takes,
                    batched=kind == "command",
                )
            except ValueError as error:
                raise Mistake(str(error), where=house.path) from error


def made_endpoint(house: Declared, name: str, table: ModelTable) -> Endpoint | None:
    """The endpoint of a program, or of an object in this process; None for the other kinds."""
    price = Price(**table.price.model_dump()) if table.price else None
    developer = table.developer or "unknown"
    if table.command:
        return command_endpoint(
            _made_name(name),
            table.command,
            scratch=house.scratch,
            where=house.path.parent.absolute(),
            hide=[one.key_env for one in house.settings.endpoints.values() if one.key_env],
            patience=table.patience,
            line_by_line=table.line_by_line,
            snapshot=table.snapshot,
            developer=developer,
            price=price,
            parameters=table.parameters,
        )
    if table.python:
        return python_endpoint(
            _made_name(name),
            table.python,
            table.options,
            snapshot=table.snapshot,
            developer=developer,
            price=price,
            parameters=table.parameters,
        )
    return None


def developer_of(house: Declared, name: str) -> str:
    """Who made a model: as its table says, else as the endpoint that draws says."""
    table = house.settings.models[name]
    draws = table.endpoint or (table.chain.draws if table.chain else "")
    endpoint = house.endpoints.get(draws)
    return table.developer or (endpoint.developer if endpoint else "unknown")


def _kind(house: Declared, name: str, table: ModelTable) -> str:
    given = [kind for kind in _KINDS if getattr(table, kind) is not None]
    if len(given) != 1:
        raise Mistake(
            f"[models.{name}] names {' and '.join(given) or 'nothing'} as what draws",
            where=house.path,
            remedy=f"Give exactly one of {', '.join(_KINDS)}.",
        )
    return given[0]


def _made_name(name: str) -> str:
    """Endpoints of their own table have no slash in their names' place: a clash would need one to be quoted in."""
    return f"models/{name}"
