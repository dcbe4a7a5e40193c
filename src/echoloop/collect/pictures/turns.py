"""Whose turn it is: many hosts side by side, none of them crowded, none of them asked while it wants a pause."""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from urllib.parse import urlsplit

import msgspec

from echoloop.collect.pictures.limits import FetchLimits

_STEP, _MOST = 4_096, 65_536


class Job(msgspec.Struct, frozen=True):
    """A picture to be asked for, of the host that its URL names."""

    url: str
    host: str
    attempt: int = 1


class _Host(msgspec.Struct):
    waiting: deque[Job]
    busy: int = 0
    not_before: float = 0.0
    silences: int = 0
    pauses: int = 0
    closed: str = ""
    listed: bool = False


class Turns:
    """Hands out jobs in turn, host by host. URLs are read on as room comes free, each once; times are those of one clock."""

    def __init__(self, urls: Iterable[str], limits: FetchLimits) -> None:
        self._urls = _once(urls)
        self._limits = limits
        self._hosts: dict[str, _Host] = {}
        self._round: deque[str] = deque()
        self._later: list[tuple[float, str, Job]] = []
        self._waiting = 0
        self._exhausted = False

    @property
    def empty(self) -> bool:
        """Nothing waits, now or later. (What was handed out may still come back.)"""
        self._read_on(1)
        return self._exhausted and self._waiting == 0 and not self._later

    def take(self, now: float) -> Job | None:
        """A job that may be done now; None where all hosts are busy or want a pause."""
        while self._later and self._later[0][0] <= now:
            self._put(heapq.heappop(self._later)[2])
        self._read_on(_STEP)
        job = self._next(now)
        while job is None and not self._exhausted and self._waiting < _MOST:
            self._read_on(self._waiting + _STEP)
            job = self._next(now)
        return job

    def next_time(self, now: float) -> float | None:
        """When something that waits for the clock comes free; None if nothing does."""
        times = [self._hosts[name].not_before for name in self._round]
        times += [self._later[0][0]] if self._later else []
        return min((time for time in times if time > now), default=None)

    def closed(self, job: Job) -> str:
        """Why a job's host is not asked any more in this run; empty where it is."""
        return self._hosts[job.host].closed

    def give_back(self, job: Job) -> None:
        """The job was done, or left."""
        self._hosts[job.host].busy -= 1

    def again(self, job: Job, at: float, *, spent: bool = False) -> None:
        """Have the job done once more, not before a time; `spent` if this attempt counts."""
        repeated = msgspec.structs.replace(job, attempt=job.attempt + spent)
        heapq.heappush(self._later, (at, job.url, repeated))

    def pause(self, job: Job, now: float, asked: float | None) -> None:
        """Leave a job's host alone for as long as it asks, and longer each time that this did not help."""
        host, limits = self._hosts[job.host], self._limits
        if now >= host.not_before:
            host.pauses += 1
        host.silences = 0
        grown = min(limits.first_pause * 2 ** (host.pauses - 1), limits.longest_pause)
        host.not_before = max(host.not_before, now + max(grown, asked or 0.0))
        if (asked or 0.0) > limits.longest_pause:
            host.closed = f"it asks for a pause of {asked:,.0f} s"
        elif host.pauses > limits.patience:
            host.closed = f"it asked for a pause {host.pauses} times in a row"

    def note_answer(self, job: Job) -> None:
        """The host said something, good or bad."""
        host = self._hosts[job.host]
        host.silences = host.pauses = 0

    def note_silence(self, job: Job) -> None:
        """The host said nothing at all; one that is silent too often is not asked again in this run."""
        host = self._hosts[job.host]
        host.silences += 1
        if host.silences >= self._limits.patience:
            host.closed = f"it did not answer {host.silences} times in a row"

    def _next(self, now: float) -> Job | None:
        for _ in range(len(self._round)):
            name = self._round.popleft()
            host = self._hosts[name]
            host.listed = bool(host.waiting)
            if not host.listed:
                continue
            self._round.append(name)
            if host.closed or (host.busy < self._limits.at_once_per_host and host.not_before <= now):
                self._waiting -= 1
                host.busy += 1
                return host.waiting.popleft()
        return None

    def _read_on(self, wanted: int) -> None:
        while not self._exhausted and self._waiting < wanted:
            url = next(self._urls, None)
            if url is None:
                self._exhausted = True
            else:
                self._put(Job(url, _host_of(url)))

    def _put(self, job: Job) -> None:
        host = self._hosts.setdefault(job.host, _Host(deque()))
        if not host.listed:
            host.listed = True
            self._round.append(job.host)
        host.waiting.append(job)
        self._waiting += 1


def _once(urls: Iterable[str]) -> Iterator[str]:
    """Each URL once, remembered by a digest: a year of posts names millions."""
    known: set[bytes] = set()
    for url in urls:
        name = blake2b(url.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if name not in known:
            known.add(name)
            yield url


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
