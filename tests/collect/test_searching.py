"""What is asked for, from run to run: no stretch of time is left out."""

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from echoloop.collect import Intake, PlatformSettings, open_platform, plan_of
from echoloop.collect.gathering.searching import search_errands

MIDNIGHT = datetime(2025, 3, 26, tzinfo=UTC)


def test_a_day_that_ended_a_moment_ago_is_taken_up_again(tmp_path: Path) -> None:
    """A run by the clock at midnight: the last posts of the day are not shown yet."""
    plan = plan_of(subject="Lab Painter", released=date(2025, 3, 25))
    platform = open_platform(
        PlatformSettings(platform="x"),
        stop=threading.Event(),
        announce=print,
        environ={"X_BEARER_TOKEN": "x-bearer-secret-0001"},
    )
    with Intake(tmp_path / "sightings.sqlite") as intake:
        intake.send(search_errands(intake, {"x": platform}, plan, MIDNIGHT + timedelta(seconds=5)))
        later = list(search_errands(intake, {"x": platform}, plan, MIDNIGHT + timedelta(hours=12)))
    spans = [(one.window.start, one.window.end) for one in later if one.window]
    assert any(start < MIDNIGHT - timedelta(minutes=1) and end == MIDNIGHT for start, end in spans)
    assert any(start == MIDNIGHT for start, _ in spans)
