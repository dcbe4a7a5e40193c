"""How rendered bytes reach a model: one small protocol, over HTTP or in this process."""

from typing import Literal, Protocol

import msgspec

from echoloop.calls.wire import Wire

LARGEST_BODY = 256 * 1024 * 1024


class Arrival(msgspec.Struct, frozen=True):
    """What came back, whatever its status. `retry_after` is the header of that name, as it stands."""

    status: int
    body: bytes
    retry_after: str | None = None


class TransportError(Exception):
    """Nothing usable came back. `kind` says what may pass by itself; `maybe_paid` whether the model may have worked."""

    def __init__(
        self, kind: Literal["connection", "timeout", "broken"], message: str, *, maybe_paid: bool
    ) -> None:
        super().__init__(message)
        self.kind: Literal["connection", "timeout", "broken"] = kind
        self.maybe_paid = maybe_paid


class Transport(Protocol):
    async def send(self, wire: Wire) -> Arrival: ...

    async def aclose(self) -> None: ...


class Responder(Protocol):
    """What an in-process factory returns: a server without a socket that gets the same bytes as one with."""

    async def respond(
        self, path: str, content_type: str, body: bytes
    ) -> tuple[int, dict[str, str], bytes]: ...
