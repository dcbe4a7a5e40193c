"""`echoloop collect yield` goes by the settings of the run that it speaks of."""

from pathlib import Path

import pytest
from collect_runs import KEYS, Town, collect, set_up
from platforms.x import X, tweet

from echoloop.cli import yields
from echoloop.cli.options import Place
from echoloop.collect import Proposals, Thresholds

DAY = "2025-03-26T10:00:00.000Z"


def test_proposals_keep_what_the_run_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    given: list[Thresholds] = []

    def proposed(*arguments: object) -> Proposals:
        given.extend(one for one in arguments if isinstance(one, Thresholds))
        return Proposals()

    monkeypatch.setattr(yields, "propose", proposed)
    with Town(X([tweet(1, "Lab Painter", created_at=DAY)])) as town:
        set_up(tmp_path, town, collect="keep_from = 2")
        collect(tmp_path)
        yields.tell_yield(Place(config=tmp_path / "echoloop.toml"), None)
    assert [bounds.keep_from for bounds in given] == [2]
