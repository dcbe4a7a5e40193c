"""How rendered bytes reach a model: one small protocol, over HTTP or in this process."""

import asyncio
from importlib import import_module
from typing import Literal, Protocol, cast

import msgspec

from echoloop.calls.endpoints import Endpoint, key_of
from echoloop.calls.redaction import redact, redact_bytes
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


class InProcess:
    """A model that lives in this process, such as the lab's."""

    def __init__(self, endpoint: Endpoint, responder: Responder) -> None:
        self._endpoint = endpoint
        key = key_of(endpoint)
        self._secrets = (key,) if key else ()
        self._responder = responder

    async def send(self, wire: Wire) -> Arrival:
        try:
            async with asyncio.timeout(self._endpoint.total_timeout):
                status, headers, body = await self._responder.respond(wire.path, wire.content_type, wire.body)
        except TimeoutError:
            raise TransportError(
                "timeout", f"no answer within {self._endpoint.total_timeout:g} s", maybe_paid=True
            ) from None
        except Exception as error:
            message = redact(
                f"{self._endpoint.factory} raised {type(error).__name__}: {error}", self._secrets
            )
            raise TransportError("broken", message, maybe_paid=True) from error
        waits = [value for name, value in headers.items() if name.lower() == "retry-after"]
        return Arrival(status, redact_bytes(body, self._secrets), waits[0] if waits else None)

    async def aclose(self) -> None:
        return None


class Transports:
    """Opens the ways to endpoints. Endpoints that name the same factory with the same options share what it built."""

    def __init__(self) -> None:
        self._responders: dict[str, Responder] = {}

    def open(self, endpoint: Endpoint) -> Transport:
        """The HTTP client is imported only when something goes over HTTP."""
        if endpoint.factory:
            return InProcess(endpoint, self._responder(endpoint))
        from echoloop.calls.http import HttpTransport

        return HttpTransport(endpoint)

    def _responder(self, endpoint: Endpoint) -> Responder:
        name = msgspec.json.encode([endpoint.factory, endpoint.factory_options], order="sorted").decode()
        if name not in self._responders:
            self._responders[name] = _build_responder(endpoint)
        return self._responders[name]


def _build_responder(endpoint: Endpoint) -> Responder:
    module, _, name = (endpoint.factory or "").partition(":")
    try:
        build = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ValueError(
            f"endpoint {endpoint.name!r}: its factory {endpoint.factory} cannot be found: {error}"
        ) from None
    return cast(Responder, build(**endpoint.factory_options))
