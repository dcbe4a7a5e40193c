"""The one form of a request that is hashed and stored: sorted JSON, images by hash, no address, no key, no purpose."""

from hashlib import sha256

import msgspec

from echoloop.calls.requests import Request

_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(Request)


def canonical(request: Request) -> bytes:
    """Defaults are left out, so that a field added later leaves every old key as it was."""
    return _ENCODER.encode(request)


def request_key(request: Request) -> str:
    return key_of_canonical(canonical(request))


def key_of_canonical(text: bytes) -> str:
    return sha256(text).hexdigest()


def read_canonical(text: str | bytes) -> Request:
    """The inverse, for whoever prefills or verifies a ledger; raises ValueError when it is not a request."""
    return _DECODER.decode(text)
