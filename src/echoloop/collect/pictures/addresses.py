"""Whom a download may ask. A post can name any address, so a name is judged by where it leads, and again after each redirect.

No proxy is used unless one is named in `Reach`: a proxy looks names up itself, so there only the written address is judged.
"""

import re
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
_CLEAN = re.compile(r"[!-\[\]-~]+")  # printable ASCII without blanks and backslashes
_LONGEST = 8_192
_WORLD = ip_network("2000::/3")
_TRANSLATED = ip_network("64:ff9b::/96")
_REFUSED: tuple[IPv4Network | IPv6Network, ...] = tuple(
    map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20"))
)


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What lies within reach: https and the usual ports, anywhere in the world but not on this side of the router.

    `allow_private` opens every private address, or only those in the networks it names (`("10.1.0.0/16",)`).
    `ports` None opens every port. `proxy` is asked instead of the servers themselves.
    """

    plain_http: bool = False
    allow_private: bool | tuple[str, ...] = False
    ports: frozenset[int] | None = frozenset({80, 443})
    proxy: str = ""


class ForbiddenAddress(OSError):
    """An address that no picture may be asked of. An OSError, because a resolver may raise nothing else."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def admit_url(text: str, reach: Reach) -> URL:
    """The URL as it will be asked, its bytes kept where it is written properly; ForbiddenAddress where it may not be."""
    if len(text) > _LONGEST:
        raise ForbiddenAddress(f"the URL has {len(text):,} characters")
    try:
        url = URL(text, encoded=_CLEAN.fullmatch(text) is not None).with_fragment(None)
        scheme, host, port = url.scheme.lower(), url.raw_host or "", url.port
    except ValueError as error:
        raise ForbiddenAddress(f"the URL cannot be read ({error})") from error
    if scheme != "https" and not (scheme == "http" and reach.plain_http):
        raise ForbiddenAddress(f"{scheme or 'a URL without a scheme'} is not asked, only https")
    if url.raw_user is not None or url.raw_password is not None:
        raise ForbiddenAddress("the URL carries a user name")
    if reach.ports is not None and port not in reach.ports:
        raise ForbiddenAddress(f"port {port} is not asked")
    _admit_host(host, reach)
    return url


def _admit_host(host: str, reach: Reach) -> None:
    if ":" in host:
        admit_address(host, reach)
    elif not _HOST.fullmatch(host):
        raise ForbiddenAddress(f"{host[:80]!r} is no host name")
    elif _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        admit_address(host, reach)


def admit_address(text: str, reach: Reach) -> None:
    """ForbiddenAddress unless a numeric address lies in the open world, written in the one usual way."""
    try:
        address = ip_address(text)
    except ValueError as error:
        raise ForbiddenAddress(f"{text[:80]!r} is an odd spelling of an address") from error
    if reach.allow_private is True or _is_open(address):
        return
    if reach.allow_private is not False and _is_in(address, map(ip_network, reach.allow_private)):
        return
    raise ForbiddenAddress(f"{address} is not an address of the open internet")


def _is_open(address: IPv4Address | IPv6Address) -> bool:
    """Of IPv6 only what is handed out for the world, without the ways to wrap an IPv4 address.

    A network without IPv4 reaches it through 64:ff9b::/96; such an address is judged by the one inside.
    """
    if isinstance(address, IPv6Address):
        if address in _TRANSLATED:
            return _is_open(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _WORLD or address.scope_id is not None:
            return False
    return address.is_global and not address.is_multicast and not _is_in(address, _REFUSED)


def _is_in(address: IPv4Address | IPv6Address, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks)


class GuardedResolver(AbstractResolver):
    """Looks a name up and hands on what may be asked; the connection goes to these very addresses, so there is no second look-up.

    One forbidden address refuses the name: an honest picture server has none.
    """

    def __init__(self, reach: Reach, inner: AbstractResolver | None = None) -> None:
        self._reach = reach
        self._inner = inner or DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for one in found:
            admit_address(one["host"], self._reach)
        return found

    async def close(self) -> None:
        await self._inner.close()
