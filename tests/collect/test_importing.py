"""What an import says of itself is what is in."""

import threading
from pathlib import Path

import pytest
from archive_entries import comment as archived_comment
from archive_entries import echo_post, written
from collect_runs import Town, set_up
from sighted import sighting, url_of

from echoloop.calls import Budget
from echoloop.cli.collecting import plan_lines
from echoloop.cli.composing import House
from echoloop.cli.settings_file import read_settings
from echoloop.collect import FieldSettings, Fieldwork, Intake, Reader, open_archives
from echoloop.collect import reading as collect_reading
from echoloop.collect.importing import withdraw_undeclared
from echoloop.engine import Progress, Session
from echoloop.workspace import writing


def imported(intake: Intake, path: Path, forgotten: frozenset[str] = frozenset(), *, declared: bool = False):
    work = Fieldwork(
        intake,
        FieldSettings(),
        {},
        budget=Budget(),
        progress=Progress("quiet"),
        stop=threading.Event(),
        forgotten=forgotten,
    )
    (result,) = work.read_archives(open_archives([str(path)]), declared=declared)
    return result


def test_posts_are_those_that_came_in_whenever_it_is_asked(tmp_path: Path) -> None:
    path = written(
        tmp_path / "forum.ndjson",
        archived_comment("c1", "r1", body="stays"),
        archived_comment("c2", "r1", body="[deleted]"),
        archived_comment("c3", "r1", body="was forgotten"),
    )
    with Intake(tmp_path / "sightings.sqlite") as intake:
        gone = frozenset({"https://reddit.com/comments/r1/_/c3"})
        first = imported(intake, path, gone)
        again = imported(intake, path, gone)
    assert (first.posts, first.unwelcome, first.already) == (1, 1, False)
    assert (again.posts, again.already) == (1, True)


def test_pictures_are_looked_for_beside_the_archive_wherever_it_is_read_from_or_moved_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    written(old / "posts.jsonl", echo_post(1))
    monkeypatch.chdir(old)
    with Intake(tmp_path / "sightings.sqlite") as intake:
        imported(intake, Path("posts.jsonl"))
        assert [one.folder for one in intake.imports.all()] == [str(old)]
        monkeypatch.chdir(tmp_path)
        old.rename(new)
        imported(intake, Path("new/posts.jsonl"))
        assert [one.folder for one in intake.imports.all()] == [str(new)]


def test_what_somebody_imported_by_name_stays_when_the_settings_drop_it(tmp_path: Path) -> None:
    path = written(tmp_path / "posts.jsonl", echo_post(1, image_urls=[]))
    with Intake(tmp_path / "sightings.sqlite") as intake:
        imported(intake, path, declared=True)
        imported(intake, path)
        withdraw_undeclared(intake, [])
        assert len(intake.imports.all()) == 1


def test_posts_that_were_seen_very_often_are_united_a_part_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sightings.sqlite"
    with Intake(path) as intake:
        intake.keep_hydrated([sighting(n, keywords=("a",)) for n in range(1, 31)])
        intake.keep_hydrated([sighting(n, keywords=("b",)) for n in range(2, 31)])
    whole = list(Reader(str(path)).posts())
    monkeypatch.setattr(collect_reading, "_HELD_AT_ONCE", 4)
    most = []

    def counted(sightings, gone):
        most.append(len(sightings))
        return unite(sightings, gone)

    unite = collect_reading.unite
    monkeypatch.setattr(collect_reading, "unite", counted)
    parted = list(Reader(str(path)).posts())
    assert parted[0] == whole[0]
    assert sorted(parted, key=lambda post: post.url) == sorted(whole, key=lambda post: post.url)
    assert [post.keywords for post in parted if post.url == url_of(7)] == [("a", "b")]
    assert set(most) == {2}


def test_what_a_plan_reads_in_and_cannot_read_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path / "posts.jsonl", echo_post(1, image_urls=[]), echo_post(2, url="nowhere"))
    with Town() as town:
        path = set_up(tmp_path, town, collect='archive = "posts.jsonl"')
        house = House(path, read_settings(path))
        with (
            writing(house.workspace) as workspace,
            Session(workspace, house.endpoints.values(), engine=house.engine, mode="plan") as opened,
        ):
            list(plan_lines(house, opened))
            said = capsys.readouterr().out
            assert "posts.jsonl: 1 posts" in said
            assert "skipped 1" in said
            list(plan_lines(house, opened))
            assert not capsys.readouterr().out
