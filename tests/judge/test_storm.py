"""A storm of faults and three kills: the standings are those of a calm day, except for what was truly refused."""

from pathlib import Path

import pytest
from judge_runs import fill, kill_at, lab_server, start, write_settings
from stage_runs import run_stages

from echoloop.cli.composing import read_house
from echoloop.cli.options import Place
from echoloop.judge import judge_stages
from echoloop.records import Standing, Verdict
from echoloop.records.arrow import from_table
from echoloop.workspace import Workspace

ITEMS = 40
FAULTS = (
    "--rate-429", "0.3", "--rate-500", "0.05", "--rate-broken-json", "0.05", "--rate-refusal", "0.03", "--rate-reset", "0.03",
    "--retry-after-seconds", "0.05", "--seed", "4",
)  # fmt: skip


def verdicts(workspace: Path) -> dict[str, Verdict]:
    return {one.id: one for one in from_table(Workspace(workspace).tables.read("verdicts"), Verdict)}


def standings(workspace: Path) -> list[Standing]:
    return from_table(Workspace(workspace).tables.read("standings"), Standing)


@pytest.mark.kill
def test_after_a_storm_and_three_kills_the_standings_are_those_of_a_calm_day(tmp_path: Path) -> None:
    calm, stormy = tmp_path / "calm", tmp_path / "stormy"
    for workspace in (calm, stormy):
        fill(workspace, ITEMS)
    with lab_server() as address:
        assert start(write_settings(tmp_path / "a", address), calm).wait() == 0
    with lab_server(*FAULTS) as address:
        settings = write_settings(tmp_path / "b", address)
        for receipts in (60, 190, 330):
            kill_at(start(settings, stormy), stormy, receipts)
        assert start(settings, stormy).wait() == 0
    quiet, heard = verdicts(calm), verdicts(stormy)
    assert len(quiet) == len(heard) == 3 * 4 * ITEMS
    refused = {name for name, one in heard.items() if one.state == "refused"}
    assert 0 < len(refused) < 0.08 * len(heard)
    told = {name: (one.state, one.score, one.rationale) for name, one in heard.items() if name not in refused}
    assert told == {
        name: (one.state, one.score, one.rationale) for name, one in quiet.items() if name not in refused
    }
    left = [one for name, one in quiet.items() if name not in refused]
    assert without_refusals(tmp_path, calm, left) == rates(standings(stormy))


def without_refusals(folder: Path, calm: Path, left: list[Verdict]) -> dict[tuple[str, ...], float | None]:
    """The calm standings, had the same answers been refused."""
    house = read_house(Place(config=folder / "a" / "echoloop.toml"))
    stages = [stage for stage in judge_stages(house.judge) if stage.name == "standings"]
    tables = Workspace(calm).tables
    from echoloop.records import Item, Output

    again = {
        "items": (Item, from_table(tables.read("items"), Item)),
        "outputs": (Output, from_table(tables.read("outputs"), Output)),
        "verdicts": (Verdict, left),
    }
    return rates(run_stages(folder / "again", stages, again, []).kept)


def rates(rows: list[Standing]) -> dict[tuple[str, ...], float | None]:
    return {(one.rule, one.judge, one.slice, one.model): one.rate for one in rows}
