"""Where an answer may send us. A server's answer can name any address, so each is judged before it is asked.

A picture is fetched by https from anywhere in the open world, or from the endpoint's own host and port; never with the key.
A job is asked about with the key, so only at the endpoint's own host and port, or by https at a host of the same family: the
same last two labels of the name (three where the second is one that registries hand out below, such as co.uk).
"""

import re
import socket
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

_LONGEST = 8_192
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
_HANDED_OUT = frozenset({"ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org"})
_WORLD = ip_network("2000::/3")
_REFUSED: tuple[IPv4Network | IPv6Network, ...] = tuple(
    map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20"))
)


class ForbiddenAddress(OSError):
    """An answer named an address that may not be asked. An OSError, because a resolver may raise nothing else."""


def admit_picture(text: str, base_url: str) -> URL:
    """The address of a picture, when it may be asked without the key."""
    url = _read(text)
    if is_own(url, base_url):
        return url
    return _open(url)


def admit_job(text: str, base_url: str) -> URL:
    """The address of a job, when it may be asked with the key."""
    url = _read(text)
    if is_own(url, base_url):
        return url
    own = URL(base_url).host or ""
    if _is_number(own) or _family(url.host or "") != _family(own):
        raise ForbiddenAddress(f"{(url.host or '')[:80]} is no host of {own}")
    return _open(url)


def is_own(url: URL, base_url: str) -> bool:
    """Whether an address lies on the very host and port that the user named."""
    own = URL(base_url)
    return (url.scheme, url.host, url.port) == (own.scheme, own.host, own.port)


def admit_number(text: str) -> None:
    """ForbiddenAddress unless a numeric address lies in the open world, written in the one usual way."""
    try:
        address = ip_address(text)
    except ValueError:
        raise ForbiddenAddress(f"{text[:80]!r} is an odd spelling of an address") from None
    closed = isinstance(address, IPv6Address) and (address not in _WORLD or address.scope_id is not None)
    if (
        closed
        or not address.is_global
        or address.is_multicast
        or any(address in network for network in _REFUSED)
    ):
        raise ForbiddenAddress(f"{address} is not an address of the open internet")


class GuardedResolver(AbstractResolver):
    """Looks a name up and hands on what may be asked: the connection goes to these addresses, without a second look-up."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for one in found:
            admit_number(one["host"])
        return found

    async def close(self) -> None:
        await self._inner.close()


def _read(text: str) -> URL:
    if len(text) > _LONGEST:
        raise ForbiddenAddress(f"its URL has {len(text):,} characters")
    try:
        url = URL(text, encoded=text.isascii() and text.isprintable() and " " not in text)
        scheme, host, _ = url.scheme, url.host, url.port
    except ValueError as error:
        raise ForbiddenAddress(f"its URL cannot be read ({error})") from None
    if scheme not in ("http", "https") or not host:
        raise ForbiddenAddress("its URL names no server")
    if url.raw_user is not None or url.raw_password is not None:
        raise ForbiddenAddress("its URL carries a user name")
    return url.with_fragment(None)


def _open(url: URL) -> URL:
    host = url.host or ""
    if url.scheme != "https":
        raise ForbiddenAddress(f"{host[:80]} is another server, and is asked only by https")
    if _is_number(host):
        admit_number(host)
    elif not _HOST.fullmatch(url.raw_host or ""):
        raise ForbiddenAddress(f"{host[:80]!r} is no host name")
    return url


def _is_number(host: str) -> bool:
    return ":" in host or _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) is not None


def _family(host: str) -> tuple[str, ...]:
    labels = tuple(host.lower().rstrip(".").split("."))
    return labels[-3:] if len(labels) > 2 and labels[-2] in _HANDED_OUT else labels[-2:]
