"""Where a model is reached and within which limits: plain data that can be pickled and shown, without secrets."""

import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from echoloop.calls.requests import ProtocolName
from echoloop.calls.wire import RESERVED
from echoloop.records.problems import Mistake

BATCH_FACTOR = 0.5
_FACTORY = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


class MissingKey(Mistake):
    """The environment does not hold the key that an endpoint needs: a user's mistake, said once."""


class UnknownEndpoint(Mistake):
    """A request names an endpoint that nobody declared."""


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A user's own price table in US dollars. Every field that is set counts; what is not set is not charged.

    `input`, `cached_input` and `output` are per million tokens, `request` per call, `input_image` per image sent,
    and `image` per image drawn: one number, or a table by "size/quality" (then by "size", then by "quality").
    A free local server is `request=0`: free must be said, it is never assumed. `batch` is the share of all this that a call
    in a provider's batch costs.
    """

    input: float | None = None
    cached_input: float | None = None
    output: float | None = None
    request: float | None = None
    image: float | dict[str, float] | None = None
    input_image: float | None = None
    batch: float = BATCH_FACTOR

    def __post_init__(self) -> None:
        tables = self.image.values() if isinstance(self.image, dict) else (self.image,)
        for amount in (
            self.input,
            self.cached_input,
            self.output,
            self.request,
            self.input_image,
            self.batch,
            *tables,
        ):
            if amount is not None and not 0 <= amount < float("inf"):
                raise ValueError(f"a price must be a number of US dollars >= 0, not {amount}")


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One model behind one address (`base_url`) or one in-process `factory` ("package.module:function").

    `parameters` go with every request and win over what an act asks for; those that `omit` names are never sent. Some
    servers answer 400 to a parameter that they do not know. `protocol` says how the server is spoken to: "openai", "chat_images"
    (pictures drawn by chat completions), "gemini" (generateContent) or "flux" (BFL: submit and poll).
    """

    name: str
    provider: str
    model: str
    base_url: str = ""
    snapshot: str | None = None
    developer: str = "unknown"
    key_env: str | None = None
    factory: str | None = None
    factory_options: dict[str, str] = {}
    concurrency: int = 32
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    total_timeout: float = 120
    connect_timeout: float = 10
    retries: int = 5
    price: Price | None = None
    parameters: dict[str, Any] = {}
    omit: tuple[str, ...] = ()
    protocol: ProtocolName = "openai"

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise ValueError(f"endpoint {self.name!r}: {problem}")

    @property
    def pinned_model(self) -> str:
        """The model id that is sent, keyed and receipted: the snapshot where one is pinned."""
        return self.snapshot or self.model

    @property
    def identity(self) -> str:
        """What answers: another model, or the same one told otherwise, makes another table."""
        told = msgspec.json.encode([self.parameters, sorted(self.omit)], order="sorted").decode()
        way = "" if self.protocol == "openai" else f" by {self.protocol}"
        return f"{self.provider}/{self.pinned_model} {told}{way}"

    def sent(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """What this endpoint is sent when an act asks for these parameters."""
        merged = {**parameters, **self.parameters}
        return {name: value for name, value in merged.items() if name not in self.omit}


def key_of(endpoint: Endpoint, environment: Mapping[str, str] = os.environ) -> str | None:
    """Read the key when it is needed and nowhere else, so that it is never stored in an object that travels."""
    if endpoint.key_env is None:
        return None
    key = environment.get(endpoint.key_env, "").strip()
    if not key:
        raise MissingKey(
            f"endpoint {endpoint.name!r} ({endpoint.model}) needs a key, but the environment variable "
            f"{endpoint.key_env} is not set; set it, or name another variable as key_env"
        )
    return key


def _problems(endpoint: Endpoint) -> list[str]:
    found: list[str] = []
    if bool(endpoint.base_url) == bool(endpoint.factory):
        found.append("give either base_url or factory, and not both")
    if endpoint.base_url:
        found += _address_problems(endpoint.base_url)
    if endpoint.factory and not _FACTORY.fullmatch(endpoint.factory):
        found.append(f'factory must look like "package.module:function", not {endpoint.factory!r}')
    if endpoint.protocol not in RESERVED:
        found.append(f"protocol must be one of {', '.join(RESERVED)}, not {endpoint.protocol!r}")
    if endpoint.protocol == "flux" and endpoint.factory:
        found.append("the protocol flux needs a base_url: its jobs are asked about over HTTP")
    if endpoint.concurrency < 1:
        found.append(f"concurrency must be at least 1, not {endpoint.concurrency}")
    if endpoint.retries < 0:
        found.append(f"retries must be 0 or more, not {endpoint.retries}")
    found += _parameter_problems(endpoint)
    for name in ("total_timeout", "connect_timeout", "requests_per_minute", "tokens_per_minute"):
        limit = getattr(endpoint, name)
        if limit is not None and not limit > 0:
            found.append(f"{name} must be above 0, not {limit}")
    return found


def _parameter_problems(endpoint: Endpoint) -> list[str]:
    found: list[str] = []
    if taken := RESERVED.get(endpoint.protocol, frozenset()).intersection(endpoint.parameters):
        found.append(f"parameters may not set {', '.join(sorted(taken))}: the request itself says it")
    if both := sorted(set(endpoint.omit).intersection(endpoint.parameters)):
        found.append(f"parameters and omit both name {', '.join(both)}")
    try:
        msgspec.json.decode(msgspec.json.encode(endpoint.parameters))
    except TypeError as error:
        found.append(f"parameters must be plain values: {error}")
    return found


def _address_problems(base_url: str) -> list[str]:
    address = urlsplit(base_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        return ['base_url must start with "http://" or "https://" and name a host']
    if address.username is not None or address.query or address.fragment:
        return [
            "base_url must hold no user, password, query or fragment; a key belongs in the variable that key_env names"
        ]
    return []
