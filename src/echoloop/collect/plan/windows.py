"""What is searched for, and when: broad terms by the day right after a release, narrow terms by the week later on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from echoloop.collect.errands import Window

OVERLAP = timedelta(minutes=15)
"""Platforms index late: a search that ended at some moment is taken up a little before it."""

SHARING = ("prompt", "prompts", "made with", "生成", "プロンプト", "提示词", "프롬프트", "промпт")
"""Words people use when they share what they made; each is searched for together with the subject."""


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of days, counted from the release, cut into windows. `days` is None for one that does not end."""

    name: str
    keywords: tuple[str, ...]
    from_day: int
    days: int | None
    window_days: int
    platforms: dict[str, tuple[str, ...]] = {}

    def keywords_on(self, platform: str) -> tuple[str, ...]:
        """What is searched for there; a platform may have its own words."""
        return self.platforms.get(platform, self.keywords)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Which phases, in which languages (none named: in all), until when (None: until now)."""

    released: date
    phases: tuple[Phase, ...]
    languages: tuple[str, ...] = ()
    until: date | None = None

    def end(self, now: datetime) -> datetime:
        """Where the last window ends: the end of the last day, or now."""
        return now if self.until is None else min(now, _midnight(self.until) + timedelta(days=1))


def plan_of(
    *,
    subject: str,
    released: date,
    until: date | None = None,
    languages: tuple[str, ...] = (),
    broad: "PhaseWishes | None" = None,
    narrow: "PhaseWishes | None" = None,
    platforms: Mapping[str, tuple[Sequence[str] | None, Sequence[str] | None]] | None = None,
) -> Plan:
    """The two phases of ECHO's plan, with whatever somebody wants otherwise. `platforms`: their own broad and narrow words."""
    first, later = broad or PhaseWishes(), narrow or PhaseWishes()
    days = first.days or 14
    own = platforms or {}
    return Plan(
        released=released,
        until=until,
        languages=languages,
        phases=(
            Phase(
                name="broad",
                keywords=(subject,) if first.keywords is None else first.keywords,
                from_day=0,
                days=days,
                window_days=first.window_days or 1,
                platforms={name: tuple(words[0]) for name, words in own.items() if words[0] is not None},
            ),
            Phase(
                name="narrow",
                keywords=tuple(f"{subject} {word}" for word in SHARING)
                if later.keywords is None
                else later.keywords,
                from_day=days,
                days=later.days,
                window_days=later.window_days or 7,
                platforms={name: tuple(words[1]) for name, words in own.items() if words[1] is not None},
            ),
        ),
    )


class PhaseWishes(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants of a phase; None leaves it as it is by default."""

    keywords: tuple[str, ...] | None = None
    days: int | None = None
    window_days: int | None = None


def windows(plan: Plan, phase: Phase, now: datetime) -> list[Window]:
    """The windows of a phase that have begun, in order, without hole or overlap. The last one may still be open: it ends now."""
    start = _midnight(plan.released) + timedelta(days=phase.from_day)
    end = plan.end(now)
    if phase.days is not None:
        end = min(end, start + timedelta(days=phase.days))
    step = timedelta(days=phase.window_days)
    found: list[Window] = []
    while start < end:
        found.append(Window(start=start, end=min(start + step, end), phase=phase.name))
        start += step
    return found


def unasked(wanted: Sequence[Window], asked: Iterable[Window]) -> list[Window]:
    """What no search has covered yet. What goes on where an earlier search ended begins a little before that."""
    spans = sorted((window.start, window.end) for window in asked)
    return [rest for window in wanted for rest in _without(window, spans)]


def _without(window: Window, spans: Sequence[tuple[datetime, datetime]]) -> Iterator[Window]:
    start, first = window.start, True
    for since, until in spans:
        if until <= start or since >= window.end:
            continue
        if since > start:
            yield _part(window, start, since, first)
        start, first = max(start, until), False
    if start < window.end:
        yield _part(window, start, window.end, first)


def _part(window: Window, start: datetime, end: datetime, first: bool) -> Window:
    begin = start if first else max(window.start, start - OVERLAP)
    return msgspec.structs.replace(window, start=begin, end=end)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
