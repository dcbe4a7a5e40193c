"""The file that keeps the place: what it holds, in which order, and what a crash leaves of it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sighted import at, sighting, url_of

from echoloop.collect.errands import Errand, Page, Window
from echoloop.collect.intake import Intake, NotAnIntake
from echoloop.collect.sightings import Gone, Skipped
from echoloop.records import Mistake

FIRST = Errand(platform="x", kind="search", keyword="paint", window=Window(start=at(1), end=at(2)))
SECOND = Errand(
    platform="x", kind="search", keyword="paint", window=Window(start=at(1), end=at(2)), cursor="p2"
)


@pytest.fixture
def intake(tmp_path: Path):
    with Intake(tmp_path / "sightings.sqlite") as opened:
        yield opened


def test_a_page_and_what_follows_are_kept_together(intake: Intake) -> None:
    assert intake.send([FIRST]) == 1
    (waiting,) = intake.errands.waiting("x", ["search"], 5)
    page = Page(then=(SECOND, FIRST), reads=2, limits=("shows at most 1,000",))
    assert intake.keep_page(waiting, page, [sighting(1), Gone(url=url_of(2), reason="deleted")], 0.01) == 1
    assert [one.errand for one in intake.errands.waiting("x", ["search"], 5)] == [SECOND]
    (batch,) = intake.batches()
    assert batch.seen == [sighting(1), Gone(url=url_of(2), reason="deleted")]
    assert (batch.kind, batch.errand) == ("search", waiting.number)
    (done, _) = intake.errands.rows()
    assert (done.state, done.posts, done.reads, done.cost) == ("done", 1, 2, 0.01)
    assert intake.errands.limits() == [("", "shows at most 1,000")]


def test_a_page_that_cannot_be_kept_leaves_no_trace(intake: Intake) -> None:
    intake.send([FIRST])
    (waiting,) = intake.errands.waiting("x", ["search"], 1)
    with pytest.raises(TypeError):
        intake.keep_page(waiting, Page(then=(SECOND,)), [object()], None)  # type: ignore[list-item]
    assert [one.errand for one in intake.errands.waiting("x", ["search"], 5)] == [FIRST]
    assert not list(intake.batches())


def test_equal_errands_are_done_once_a_round_for_whatever_conversation(intake: Intake) -> None:
    root = Errand(platform="x", kind="post", argument="7", thread=url_of(1))
    same = Errand(platform="x", kind="post", argument="7", thread=url_of(2), depth=3)
    assert intake.send([root, same, root]) == 1
    (waiting,) = intake.errands.waiting("x", ["post"], 5)
    intake.keep_page(waiting, Page(), [], None)
    assert intake.send([same]) == 0
    with intake.writing():
        intake.errands.begin_round()
    assert intake.send([same]) == 1
    assert intake.send([root]) == 0


def test_what_failed_or_met_a_limit_is_tried_again_by_a_new_run(intake: Intake) -> None:
    intake.send([FIRST, SECOND])
    with intake.writing():
        intake.errands.settle(1, "failed", reason="truncated answer")
        intake.errands.settle(2, "limited", reason="too deep")
    assert not intake.errands.waiting("x", ["search"], 5)
    assert intake.errands.limits() == [("", "too deep")]
    with intake.writing():
        intake.errands.reopen()
    assert len(intake.errands.waiting("x", ["search"], 5)) == 2
    assert not intake.errands.limits()


def test_the_digest_does_not_depend_on_the_order_of_pages(tmp_path: Path) -> None:
    digests: list[str] = []
    for order in ((1, 2), (2, 1)):
        with Intake(tmp_path / f"{order[0]}.sqlite") as intake:
            for number in order:
                intake.keep_hydrated([sighting(number)])
            digests.append(intake.digest())
    assert digests[0] == digests[1]


def test_authors_are_pseudonyms_that_only_the_key_can_make(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("ECHOLOOP_AUTHOR_KEY", raising=False)
    names: list[str | None] = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        with Intake(tmp_path / folder / "s.sqlite") as intake:
            names.append(intake.authors("x", "@Brush_Fan_01", "77"))
            assert intake.authors("x", "brush_fan_01") == names[-1]
            assert intake.authors("reddit", "brush_fan_01") != names[-1]
            assert intake.authors("x", "", "") is None
            intake.keep_hydrated([])
            assert [author.handle for author in intake.authors.known()].count("brush_fan_01") >= 1
    assert names[0] != names[1]


def test_a_team_shares_pseudonyms_by_sharing_the_key(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("ECHOLOOP_AUTHOR_KEY", "one key for all of us")
    names = set()
    for folder in ("a", "b"):
        with Intake(tmp_path / f"{folder}.sqlite") as intake:
            names.add(intake.authors("x", "@brush_fan_01"))
    assert len(names) == 1
    monkeypatch.setenv("ECHOLOOP_AUTHOR_KEY", "another")
    with Intake(tmp_path / "a.sqlite") as intake, pytest.raises(Mistake, match="another key"):
        intake.authors("x", "@brush_fan_02")


def test_dropped_handles_leave_the_posts_and_can_still_be_left_out_by_platform(intake: Intake) -> None:
    name = intake.authors("x", "@brush_fan_01", "77")
    intake.keep_hydrated([])
    assert intake.authors.called(None, "@BRUSH_FAN_01") == {name}
    assert intake.authors.called(None, "77") == {name}
    with intake.writing():
        assert intake.authors.drop() == 1
    assert not list(intake.authors.known())
    assert intake.authors.called(None, "@brush_fan_01") == set()
    assert name in intake.authors.called("x", "@brush_fan_01")


def test_an_archive_is_known_by_its_content_and_withdrawn_with_what_it_brought(intake: Intake) -> None:
    with intake.writing():
        place = intake.imports.begin("d1", "posts.jsonl", "echo", "/somewhere", True)
    intake.keep_lines(place.number, [sighting(1), Skipped(where="posts.jsonl:2", reason="no post")], 2)
    found = intake.imports.find("d1")
    assert found is not None
    assert (found.position, found.posts, found.skipped, found.whole) == (2, 1, 1, False)
    with intake.writing():
        intake.imports.finish(place.number)
        intake.imports.withdraw([place.number])
    assert intake.imports.find("d1") is None
    assert not list(intake.batches())


def test_another_file_is_not_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "sightings.sqlite"
    path.write_bytes(b"something else entirely, long enough to be read as a page" * 100)
    with pytest.raises(NotAnIntake, match="Move it away"):
        Intake(path)
    assert path.read_bytes().startswith(b"something else")


_WRITER = """
import sys
from pathlib import Path
from sighted import sighting
from echoloop.collect.errands import Errand, Page
from echoloop.collect.intake import Intake
with Intake(Path(sys.argv[1])) as intake:
    intake.send([Errand(platform="x", kind="search", cursor="0")])
    while True:
        (waiting,) = intake.errands.waiting("x", ["search"], 1)
        number = int(waiting.errand.cursor)
        page = Page(then=(Errand(platform="x", kind="search", cursor=str(number + 1)),))
        intake.keep_page(waiting, page, [sighting(number)], None)
        print(number, flush=True)
"""


@pytest.mark.kill
def test_killed_at_any_moment_no_page_is_lost_or_doubled(tmp_path: Path) -> None:
    path = tmp_path / "sightings.sqlite"
    said = -1
    for pages in (3, 17, 40):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        ) as writer:
            assert writer.stdout is not None
            for _ in range(pages):
                said = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
        with Intake(path, readonly=True) as intake:
            numbers = [one.post.url for batch in intake.batches() for one in batch.seen]  # type: ignore[union-attr]
        assert numbers == [url_of(number) for number in range(len(numbers))]
        assert len(numbers) > said
