"""How we say who we are. Tokens live here, in memory, and nowhere else."""

from base64 import b64encode
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from echoloop.collect.sources.source import ErrandFailed, KeyRefused
from echoloop.collect.sources.spellings import hide
from echoloop.collect.sources.turns import Turns
from echoloop.collect.sources.web import Forbidden, NotThere, Web


class Anonymous:
    """Nobody, who may hold secrets all the same: those of the login that asks through it."""

    def __init__(self, names: str, held: set[str] | None = None) -> None:
        self.names = names
        self._held = set[str]() if held is None else held

    def secrets(self) -> frozenset[str]:
        return frozenset(self._held)

    async def authorization(self) -> Mapping[str, str]:
        return {}

    async def renew(self, stale: Mapping[str, str]) -> bool:
        return False

    async def aclose(self) -> None:
        return None


class Bearer:
    """A token from the environment. There is no other to be had here."""

    def __init__(self, names: str, token: str) -> None:
        self.names = names
        self._token = token

    def secrets(self) -> frozenset[str]:
        return frozenset({self._token})

    async def authorization(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def renew(self, stale: Mapping[str, str]) -> bool:
        return False

    async def aclose(self) -> None:
        return None


class _Granted(msgspec.Struct):
    access_token: str = ""
    error: str = ""


class ClientCredentials:
    """Reddit's login of an application: its id and secret give a token for a day. `held` gathers all that is secret."""

    def __init__(self, names: str, web: Web, client: str, secret: str, held: set[str]) -> None:
        self.names = names
        self._web = web
        pair = b64encode(f"{client}:{secret}".encode()).decode()
        self._basic = {"Authorization": f"Basic {pair}"}
        self._turns = Turns()
        self._held = held
        self._held |= {secret, pair}
        self._token = ""

    def secrets(self) -> frozenset[str]:
        return frozenset(self._held)

    async def authorization(self) -> Mapping[str, str]:
        if not self._token:
            await self.renew({})
        return self._header()

    async def renew(self, stale: Mapping[str, str]) -> bool:
        async with self._turns.taken():
            if self._token and stale != self._header():
                return True
            form = [("grant_type", "client_credentials")]
            try:
                body = await self._web.post_form("/api/v1/access_token", form, self._basic)
            except (NotThere, Forbidden) as error:
                raise _refused("reddit", self.names, str(error)) from None
            granted = _read(body, _Granted)
            if not granted.access_token:
                raise _refused("reddit", self.names, hide(granted.error[:200], self._held))
            self._token = granted.access_token
            self._held.add(self._token)
            return True

    async def aclose(self) -> None:
        await self._web.aclose()

    def _header(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._token}"}


class _Session(msgspec.Struct, rename="camel"):
    access_jwt: str
    refresh_jwt: str


class AppPassword:
    """Bluesky's login: a session of minutes, renewed by its second token, opened anew where that has ended too."""

    def __init__(self, names: str, web: Web, identifier: str, password: str, held: set[str]) -> None:
        self.names = names
        self._web = web
        self._identifier = identifier
        self._password = password
        self._turns = Turns()
        self._held = held
        self._held.add(password)
        self._session: _Session | None = None

    def secrets(self) -> frozenset[str]:
        return frozenset(self._held)

    async def authorization(self) -> Mapping[str, str]:
        if self._session is None:
            await self.renew({})
        return self._header()

    async def renew(self, stale: Mapping[str, str]) -> bool:
        async with self._turns.taken():
            if self._session is not None and stale != self._header():
                return True
            self._session = await self._refreshed() or await self._opened()
            self._held |= {self._session.access_jwt, self._session.refresh_jwt}
            return True

    async def _refreshed(self) -> _Session | None:
        if self._session is None:
            return None
        header = {"Authorization": f"Bearer {self._session.refresh_jwt}"}
        try:
            return _read(
                await self._web.post_json("/xrpc/com.atproto.server.refreshSession", None, header), _Session
            )
        except (KeyRefused, ErrandFailed, Forbidden, NotThere):
            return None

    async def _opened(self) -> _Session:
        who = {"identifier": self._identifier, "password": self._password}
        try:
            return _read(await self._web.post_json("/xrpc/com.atproto.server.createSession", who), _Session)
        except (NotThere, Forbidden) as error:
            raise _refused("bluesky", self.names, str(error)) from None

    async def aclose(self) -> None:
        await self._web.aclose()

    def _header(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._session.access_jwt}"} if self._session else {}


S = TypeVar("S", bound=msgspec.Struct)


def _refused(platform: str, names: str, said: str) -> KeyRefused:
    return KeyRefused(
        f"{platform} gives no login: {said or 'no reason'}",
        remedy=f"Check what stands in {names}, and the address.",
    )


def _read(body: bytes, kind: type[S]) -> S:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError:
        raise ErrandFailed("the login was answered in a form that is not known") from None
