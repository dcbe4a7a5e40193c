"""A model that lives in this process, such as the lab's: the same bytes as over HTTP, without a socket."""

import asyncio
from importlib import import_module
from typing import cast

from echoloop.calls.endpoints import Endpoint, key_of
from echoloop.calls.redaction import redact, redact_bytes
from echoloop.calls.transport import Arrival, Responder, TransportError
from echoloop.calls.wire import Wire


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


def build_responder(endpoint: Endpoint) -> Responder:
    """What an endpoint's factory makes of its options."""
    module, _, name = (endpoint.factory or "").partition(":")
    try:
        build = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ValueError(
            f"endpoint {endpoint.name!r}: its factory {endpoint.factory} cannot be found: {error}"
        ) from None
    return cast(Responder, build(**endpoint.factory_options))
