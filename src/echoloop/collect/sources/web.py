"""Asking a platform and getting an answer, or a reason in words: waits, tries again, logs in again, and keeps secrets."""

import json
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from echoloop.calls.redaction import redact_bytes
from echoloop.calls.waiting import backoff, retry_after
from echoloop.collect.sources.clock import Clock, SystemClock, pause
from echoloop.collect.sources.gate import Gate
from echoloop.collect.sources.rates import demanded_wait, exhausted_for, server_time
from echoloop.collect.sources.refusals import Refusal, read_refusal
from echoloop.collect.sources.source import ErrandFailed, KeyRefused, QuotaEnded
from echoloop.collect.sources.spellings import hide
from echoloop.collect.sources.wire import Arrival, Broken, Params, Sending, TooLarge, Wire

TRIES = 5
_FIRST_WAIT = 1.0
_FIRST_STORM_WAIT = 5.0
_LONGEST_STORM_WAIT = 300.0
_LONGEST_WORDS = 300


class Login(Protocol):
    """What makes a request ours. `names` are the environment's variables it came from, for a message."""

    names: str

    def secrets(self) -> frozenset[str]: ...

    async def authorization(self) -> Mapping[str, str]: ...

    async def renew(self, stale: Mapping[str, str]) -> bool:
        """A fresh login in the place of `stale`; False where there is none to be had."""
        ...

    async def aclose(self) -> None: ...


class NotThere(Exception):
    """The platform knows no such thing (any more)."""


class Forbidden(Exception):
    """It may be there, but not for us. `blocked` where one person shut out another."""

    def __init__(self, said: str, *, blocked: bool = False) -> None:
        super().__init__(said)
        self.blocked = blocked


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """How we behave towards a platform, and who watches."""

    stop: threading.Event
    announce: Callable[[str], None]
    user_agent: str
    longest_wait: float = 960.0
    timeout: float = 60.0
    connections: int = 4
    clock: Clock = field(default_factory=SystemClock)


@dataclass
class _Patience:
    tries: int = 0
    renewed: bool = False
    refused_since: float | None = None
    refusals: int = 0


class Web:
    """The one way to a platform's interface."""

    def __init__(self, platform: str, base_url: str, login: Login, conduct: Conduct) -> None:
        self._platform = platform
        self._login = login
        self._conduct = conduct
        self._clock = conduct.clock
        self._ahead = 0.0
        self._draw = random.Random()
        self._wire = Wire(
            base_url,
            user_agent=conduct.user_agent,
            timeout=conduct.timeout,
            connections=conduct.connections,
        )
        self._gate = Gate(
            platform,
            conduct.longest_wait,
            stop=conduct.stop,
            announce=conduct.announce,
            clock=self._clock,
        )

    def now(self) -> datetime:
        """The time by the platform's clock, as far as it has told us."""
        return datetime.fromtimestamp(self._clock.now() + self._ahead, UTC)

    async def get(self, path: str, params: Params = (), bucket: str = "") -> bytes:
        """A body that is JSON. Requests of one `bucket` share the platform's limit."""
        body = await self._ask(Sending(path=path, params=params), bucket)
        return redact_bytes(body, self._login.secrets())

    async def post_form(
        self, path: str, form: Params, headers: Mapping[str, str] | None = None, bucket: str = ""
    ) -> bytes:
        return await self._ask(Sending(path=path, post=True, form=form, headers=headers or {}), bucket)

    async def post_json(
        self, path: str, value: object = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        body = b"" if value is None else msgspec.json.encode(value)
        return await self._ask(Sending(path=path, post=True, json=body, headers=headers or {}), "")

    async def aclose(self) -> None:
        await self._login.aclose()
        await self._wire.aclose()

    async def _ask(self, sending: Sending, bucket: str) -> bytes:
        patience = _Patience()
        while True:
            await self._gate.pass_through(bucket)
            authorization = await self._login.authorization()
            try:
                arrival = await self._wire.send(sending, authorization)
            except TooLarge as error:
                raise self._failed(str(error)) from None
            except Broken as error:
                await self._once_more(patience, str(error), bucket)
                continue
            self._heed(arrival, bucket)
            if 200 <= arrival.status < 300:
                if _is_json(arrival.body):
                    return arrival.body
                await self._once_more(patience, "the answer is not whole, or no JSON", bucket)
            else:
                await self._cope(arrival, authorization, bucket, patience)

    async def _cope(
        self, arrival: Arrival, authorization: Mapping[str, str], bucket: str, patience: _Patience
    ) -> None:
        """Return where another try makes sense; raise what ends it."""
        if 300 <= arrival.status < 400:
            raise self._failed(
                "the answer leads elsewhere; it is not followed, so that no key leaves this place"
            )
        refusal = read_refusal(self._platform, arrival.status, arrival.body)
        match refusal.meaning:
            case "again":
                demanded = retry_after(arrival.headers.get("retry-after"), self.now())
                await self._once_more(patience, refusal.said, bucket, demanded)
            case "wait":
                self._back_off(arrival, bucket, patience)
            case "log in":
                await self._log_in(refusal, authorization, patience)
            case _:
                raise self._ending(refusal)

    def _ending(self, refusal: Refusal) -> Exception:
        said = self._safe(refusal.said)
        match refusal.meaning:
            case "not there":
                return NotThere(said)
            case "forbidden" | "blocked":
                return Forbidden(said, blocked=refusal.meaning == "blocked")
            case "quota":
                return QuotaEnded(
                    f"{self._platform}: the plan that the key belongs to is used up: {said}",
                    where=self._wire.place,
                    remedy="What came is kept. Run the same command again when the platform gives more.",
                )
            case "key":
                return self._refused(said)
            case _:
                return self._failed(said)

    async def _once_more(
        self, patience: _Patience, why: str, bucket: str, demanded: float | None = None
    ) -> None:
        """Wait and return, until it has been tried often enough."""
        patience.tries += 1
        if patience.tries >= TRIES:
            raise self._failed(f"{why} ({TRIES} tries)")
        if demanded is not None:
            self._gate.close(bucket, demanded, "not available")
        wait = backoff(patience.tries, _FIRST_WAIT, self._draw)
        await pause(wait, self._clock, self._conduct.stop)

    def _back_off(self, arrival: Arrival, bucket: str, patience: _Patience) -> None:
        """Close the gate for as long as the platform says, or longer each time where it says nothing true."""
        now = self._clock.steady()
        if patience.refused_since is None:
            patience.refused_since = now
        grown = min(_LONGEST_STORM_WAIT, _FIRST_STORM_WAIT * 2.0**patience.refusals)
        said = demanded_wait(arrival.headers, self._server_now())
        wait = grown if said is None else max(said, grown if patience.refusals else 1.0)
        patience.refusals += 1
        if now + wait - patience.refused_since > self._conduct.longest_wait:
            raise self._gate.ended(wait, "rate limit")
        self._gate.close(bucket, wait, "rate limit")

    async def _log_in(self, refusal: Refusal, authorization: Mapping[str, str], patience: _Patience) -> None:
        if patience.renewed or not await self._login.renew(authorization):
            raise self._refused(self._safe(refusal.said))
        patience.renewed = True

    def _heed(self, arrival: Arrival, bucket: str) -> None:
        """Note the server's clock and what is left of its limits, whatever it answered."""
        told = server_time(arrival.headers)
        if told is not None:
            self._ahead = told - self._clock.now()
        exhausted = exhausted_for(arrival.headers, self._server_now())
        if exhausted is not None:
            self._gate.close(bucket, exhausted, "rate limit")

    def _server_now(self) -> float:
        return self._clock.now() + self._ahead

    def _refused(self, said: str) -> KeyRefused:
        names = self._login.names
        known = bool(self._login.secrets())
        return KeyRefused(
            f"{self._platform} {'does not accept the key' if known else 'asks for a key'}: {said}",
            where=self._wire.place,
            remedy=f"Check what stands in {names}." if known else f"Put one into {names}.",
        )

    def _failed(self, said: str) -> ErrandFailed:
        return ErrandFailed(f"{self._platform}: {self._safe(said)}", where=self._wire.place)

    def _safe(self, text: str) -> str:
        clean = hide(text, self._login.secrets())
        return clean if len(clean) <= _LONGEST_WORDS else clean[:_LONGEST_WORDS] + "…"


def _is_json(body: bytes) -> bool:
    """Whole and well-formed. A lone surrogate or a very deep thread is no reason to ask again."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except RecursionError:
        return body.rstrip()[-1:] in (b"}", b"]")
    except msgspec.DecodeError:
        try:
            json.loads(body.decode("utf-8", "replace"))
        except RecursionError:
            return body.rstrip()[-1:] in (b"}", b"]")
        except ValueError:
            return False
    return True
