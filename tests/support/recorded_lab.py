"""The lab with a clerk at the door: every request is written down byte for byte before it is answered."""

import asyncio
from pathlib import Path
from typing import Any

from echoloop.calls import Endpoint, Price
from echoloop.lab.endpoint import Lab, open_lab

ROLES = {"reader": "lab-reader", "viewer": "lab-viewer", "boxer": "lab-boxes", "guard": "lab-guard"}


class RecordedLab:
    """Answers as the lab does."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self._lab = lab
        self._folder = folder
        self._lock = asyncio.Lock()

    async def respond(self, path: str, content_type: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """One answer."""
        async with self._lock:
            number = len(list(self._folder.iterdir()))
            (self._folder / f"{number:05d}").write_bytes(body)
        return await self._lab.respond(path, content_type, body)

    def close(self) -> None:
        """As the lab closes."""
        self._lab.close()


def open_recorded(folder: str) -> RecordedLab:
    """The factory that endpoints name."""
    return RecordedLab(open_lab(), Path(folder))


def recorded(folder: Path, **models: str) -> list[Endpoint]:
    """An endpoint a role, answered by the lab's own annotators unless a role is given to another model."""
    folder.mkdir(parents=True, exist_ok=True)
    endpoints: list[Endpoint] = []
    for role, model in {**ROLES, **models}.items():
        place = folder / role
        place.mkdir()
        options: dict[str, Any] = {"folder": str(place)}
        endpoints.append(
            Endpoint(
                name=role,
                provider="lab",
                model=model,
                factory="recorded_lab:open_recorded",
                factory_options=options,
                price=Price(request=0),
                retries=0,
            )
        )
    return endpoints


def bodies(folder: Path) -> list[bytes]:
    """What was asked."""
    return [path.read_bytes() for path in sorted(folder.glob("*/*"))]
