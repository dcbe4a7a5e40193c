"""What is taken back is nowhere in the intake's file, and what others need stays."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sighted import picture, sighting, url_of

from echoloop.collect.compliance import Targets, concerned, erase, read_targets, resolve
from echoloop.collect.intake import REMOTE, Intake
from echoloop.collect.pictures import PictureOutcome
from echoloop.records import Mistake

SECRET = "a secret that its author takes back"


@pytest.fixture
def intake(tmp_path: Path):
    with Intake(tmp_path / "sightings.sqlite") as opened:
        fan = opened.authors("x", "@brush_fan_01", "7001")
        other = opened.authors("x", "@brush_fan_02", "7002")
        opened.keep_hydrated(
            [
                sighting(1, SECRET, author=fan, images=(picture("shared.png"), picture("own.png"))),
                sighting(2, "stays", author=other, images=(picture("shared.png"),)),
            ]
        )
        opened.keep_hydrated([sighting(3, SECRET, author=fan)])
        with opened.writing():
            opened.pictures.note(
                REMOTE,
                [
                    PictureOutcome(url=picture(f"{name}.png").url, sha256=name[0] * 64)
                    for name in ("shared", "own")
                ],
            )
        yield opened


def bodies_on(path: Path) -> list[bytes]:
    with closing(sqlite3.connect(path)) as file:
        return [body for (body,) in file.execute("SELECT body FROM batches")]


def on_the_disk(path: Path, body: bytes) -> bool:
    return any(body in file.read_bytes() for file in path.parent.iterdir())


def test_a_post_goes_with_the_pictures_nobody_else_shows(intake: Intake) -> None:
    posts, names = resolve(intake, read_targets([url_of(1)]))
    found = concerned(intake, posts, names)
    assert found.posts == {url_of(1)}
    assert found.pictures - found.needed == {"o" * 64}
    assert erase(intake, posts, names) == 1
    assert [one.post.url for batch in intake.batches() for one in batch.seen] == [url_of(2), url_of(3)]
    assert set(intake.pictures.of(REMOTE)) == {picture("shared.png").url}
    assert erase(intake, posts, names) == 0


@pytest.mark.parametrize("named", ["@Brush_Fan_01", "x:@brush_fan_01", "https://x.com/brush_fan_01"])
def test_a_person_goes_with_everything_they_wrote(intake: Intake, named: str) -> None:
    before = bodies_on(intake.path)
    assert all(on_the_disk(intake.path, body) for body in before)
    posts, names = resolve(intake, read_targets([named]))
    assert concerned(intake, posts, names).posts == {url_of(1), url_of(3)}
    erase(intake, posts, names)
    assert not any(on_the_disk(intake.path, body) for body in before)
    assert [one.post.url for batch in intake.batches() for one in batch.seen] == [url_of(2)]


def test_a_number_of_a_compliance_record_is_a_person_or_a_post(intake: Intake) -> None:
    posts, names = resolve(intake, Targets(numbers=frozenset({"7001", "2", "555"})))
    assert posts == {url_of(2), url_of(555)}
    assert concerned(intake, posts, names).posts == {url_of(1), url_of(2), url_of(3), url_of(555)}


def test_an_unknown_person_needs_a_platform(intake: Intake) -> None:
    with pytest.raises(Mistake, match="name the platform"):
        resolve(intake, read_targets(["@nobody_99"]))
    posts, names = resolve(intake, read_targets(["x:@nobody_99"]))
    assert not posts
    assert names
