"""Windows cover the time of a plan once, and a later run asks only for what is new."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from echoloop.collect.errands import Window
from echoloop.collect.plan import Phase, PhaseWishes, Plan, plan_of, unasked, windows
from echoloop.collect.plan.windows import OVERLAP

RELEASED = date(2025, 3, 25)
MIDNIGHT = datetime(2025, 3, 25, tzinfo=UTC)
_MOMENTS = st.datetimes(
    datetime(2025, 3, 20),
    datetime(2025, 9, 1),
    timezones=st.just(UTC),
)
_PHASES = st.builds(
    Phase,
    name=st.just("any"),
    keywords=st.just(("pixmo",)),
    from_day=st.integers(-5, 40),
    days=st.none() | st.integers(1, 60),
    window_days=st.integers(1, 30),
)


def _plan(*phases: Phase, until: date | None = None) -> Plan:
    return Plan(released=RELEASED, phases=phases, until=until)


@given(_PHASES, _MOMENTS, st.none() | st.dates(RELEASED, date(2025, 7, 1)))
def test_windows_tile_a_phase_without_hole_or_overlap(
    phase: Phase, now: datetime, until: date | None
) -> None:
    found = windows(_plan(phase, until=until), phase, now)
    start = MIDNIGHT + timedelta(days=phase.from_day)
    end = now if phase.days is None else min(now, start + timedelta(days=phase.days))
    if until is not None:
        end = min(end, datetime(until.year, until.month, until.day, tzinfo=UTC) + timedelta(days=1))
    assert bool(found) == (start < end)
    for one, following in pairwise(found):
        assert one.end == following.start
        assert one.end - one.start == timedelta(days=phase.window_days)
    if found:
        assert (found[0].start, found[-1].end) == (start, end)
        assert all(one.start < one.end <= now for one in found)


@given(_PHASES, st.lists(_MOMENTS, min_size=1, max_size=6))
def test_whenever_runs_happen_every_moment_is_asked_for(phase: Phase, moments: list[datetime]) -> None:
    plan = _plan(phase)
    asked: list[Window] = []
    for now in sorted(moments):
        wanted = windows(plan, phase, now)
        new = unasked(wanted, asked)
        assert all(any(w.start <= one.start < one.end <= w.end for w in wanted) for one in new)
        assert unasked(wanted, [*asked, *new]) == []
        asked += new
    last = windows(plan, phase, max(moments))
    covered = MIDNIGHT + timedelta(days=phase.from_day)
    for one in sorted(asked, key=lambda window: window.start):
        assert one.start <= covered
        covered = max(covered, one.end)
    assert not last or covered == last[-1].end
    twice = sum(((one.end - one.start) for one in asked), timedelta()) - (
        last[-1].end - last[0].start if last else timedelta()
    )
    assert twice <= OVERLAP * len(moments)


def test_the_plan_of_the_paper_is_the_default() -> None:
    plan = plan_of(subject="Pixmo 2", released=RELEASED)
    broad, narrow = plan.phases
    now = MIDNIGHT + timedelta(days=30, hours=5)
    days, weeks = windows(plan, broad, now), windows(plan, narrow, now)
    assert (broad.keywords, len(days)) == (("Pixmo 2",), 14)
    assert days[-1].end == weeks[0].start
    assert [one.end - one.start for one in weeks] == [timedelta(days=7)] * 2 + [timedelta(days=2, hours=5)]
    assert all(keyword.startswith("Pixmo 2 ") for keyword in narrow.keywords)
    assert len(windows(plan, narrow, MIDNIGHT + timedelta(days=3))) == 0


def test_everything_of_the_plan_can_be_changed() -> None:
    plan = plan_of(
        subject="pixmo",
        released=RELEASED,
        until=date(2025, 5, 1),
        languages=("en", "ja"),
        broad=PhaseWishes(keywords=("pixmo", "acme draw"), days=3),
        narrow=PhaseWishes(window_days=10, days=20),
        platforms={"reddit": (["subreddit words"], None)},
    )
    broad, narrow = plan.phases
    assert (broad.days, narrow.from_day, narrow.window_days, narrow.days) == (3, 3, 10, 20)
    assert broad.keywords_on("reddit") == ("subreddit words",)
    assert broad.keywords_on("x") == ("pixmo", "acme draw")
    assert narrow.keywords_on("reddit") == narrow.keywords


def test_a_later_run_begins_a_little_before_the_earlier_one_ended() -> None:
    phase = Phase(name="broad", keywords=("pixmo",), from_day=0, days=14, window_days=1)
    plan = _plan(phase)
    asked = windows(plan, phase, MIDNIGHT + timedelta(days=1, hours=10))
    later = unasked(windows(plan, phase, MIDNIGHT + timedelta(days=2, hours=1)), asked)
    assert [(one.start - MIDNIGHT, one.end - MIDNIGHT) for one in later] == [
        (timedelta(days=1, hours=10) - OVERLAP, timedelta(days=2)),
        (timedelta(days=2), timedelta(days=2, hours=1)),
    ]
