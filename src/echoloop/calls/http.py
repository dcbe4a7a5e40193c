"""The way to any server that answers a call at once. A picture that it gives by address is fetched before the answer goes on."""

import asyncio
from base64 import b64encode
from typing import Any

import msgspec

from echoloop.calls.endpoints import Endpoint
from echoloop.calls.http_session import HttpSession
from echoloop.calls.lifting import is_address
from echoloop.calls.protocols.openai_answers import picture_places
from echoloop.calls.transport import Arrival, TransportError
from echoloop.calls.wire import Wire

_TRIES = 3
_BETWEEN_TRIES = 0.3


class HttpTransport:
    """One endpoint, for the event loop that uses it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._session = HttpSession(endpoint)

    async def send(self, wire: Wire) -> Arrival:
        arrival = await self._session.post(wire.path, wire.content_type, wire.body)
        if wire.draws and 200 <= arrival.status < 300 and b"http" in arrival.body:
            return await _with_pictures(arrival, self._session)
        return arrival

    async def aclose(self) -> None:
        await self._session.aclose()


async def fetch_patiently(session: HttpSession, address: str) -> bytes:
    """A picture that is paid for is worth another try. What still fails is final: to call again would be to pay again."""
    for tried in range(1, _TRIES + 1):
        try:
            return await session.fetch(address)
        except TransportError as error:
            if error.kind == "broken" or tried == _TRIES:
                raise TransportError(
                    "broken", f"the picture could not be fetched: {error}", maybe_paid=True
                ) from None
        await asyncio.sleep(_BETWEEN_TRIES * tried)
    raise AssertionError


async def _with_pictures(arrival: Arrival, session: HttpSession) -> Arrival:
    """The answer with bytes in the place of addresses: these expire, and often hold a signature that is a key."""
    try:
        body = msgspec.json.decode(arrival.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return arrival
    places = [(holder, name) for holder, name in _places(body) if is_address(holder[name])]
    for holder, name in places:
        text = b64encode(await fetch_patiently(session, holder[name])).decode()
        holder[name] = f"data:image/*;base64,{text}"
    return msgspec.structs.replace(arrival, body=msgspec.json.encode(body)) if places else arrival


def _places(body: Any) -> list[tuple[dict[str, Any], str]]:
    data = body.get("data") if isinstance(body, dict) else None
    items = [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []
    return [(item, "url") for item in items if isinstance(item.get("url"), str)] + picture_places(body)
