"""What is taken back is nowhere in the intake's file, and what others need stays."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from sighted import picture, sighting, url_of

from echoloop.collect.aliases import Aliases
from echoloop.collect.compliance import Targets, concerned, erase, people_in, read_targets, resolve
from echoloop.collect.intake import REMOTE, Intake
from echoloop.collect.pictures import PictureOutcome
from echoloop.collect.welcome import Welcome
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


@pytest.mark.parametrize(
    ("named", "people"),
    [
        (["@brush_fan_01"], 1),
        (["x:@nobody_99"], 1),
        (["@brush_fan_01", "x:@Brush_Fan_01", "https://x.com/brush_fan_01"], 1),
        (["x:@nobody_98", "x:@nobody_99"], 2),
        ([url_of(1)], 0),
    ],
)
def test_people_are_counted_and_not_their_pseudonyms(intake: Intake, named: list[str], people: int) -> None:
    targets = read_targets(named)
    posts, _ = resolve(intake, targets)
    assert people_in(intake, targets, posts) == people


def test_a_person_named_by_number_is_counted_and_a_post_is_not(intake: Intake) -> None:
    targets = Targets(numbers=frozenset({"7001", "2", "555"}), people=read_targets(["@brush_fan_01"]).people)
    posts, _ = resolve(intake, targets)
    assert people_in(intake, targets, posts) == 1


def test_a_number_of_a_compliance_record_is_a_person_or_a_post(intake: Intake) -> None:
    posts, names = resolve(intake, Targets(numbers=frozenset({"7001", "2", "555"})))
    assert posts == {url_of(2), url_of(555)}
    assert concerned(intake, posts, names).posts == {url_of(1), url_of(2), url_of(3), url_of(555)}


def test_a_post_is_known_by_the_address_that_people_see(intake: Intake) -> None:
    """Bluesky shows handles and keeps numbers; on X each version of an edited post has its own address."""
    painter = intake.authors("bluesky", "painter-fan-01.example", "did:plc:abc")
    other = intake.authors("bluesky", "painter-fan-02.example", "did:plc:def")
    own, drawn = "https://bsky.app/profile/did:plc:abc/post", "3lbq7wzk2ts2x"
    urls = {f"{own}/{drawn}": painter, f"{own}/picked": painter, f"{own[:-8]}def/post/picked": other}
    seen = [sighting(40, SECRET, platform="bluesky", author=author) for author in urls.values()]
    named = [
        msgspec.structs.replace(one, native="", post=msgspec.structs.replace(one.post, url=url))
        for one, url in zip(seen, urls, strict=True)
    ]
    edited = msgspec.structs.replace(sighting(50, SECRET), native="52")
    with intake.writing():
        intake.authors.drop()
    intake.keep_hydrated([*named, edited])
    shown = "https://bsky.app/profile/Painter-Fan-01.example/post"
    asked = [f"{shown}/{drawn}", f"{shown}/picked", "https://x.com/brush_fan_03/status/52"]
    posts, names = resolve(intake, read_targets(asked))
    assert posts >= {f"{own}/{drawn}", f"{own}/picked", url_of(50)}
    assert f"{own[:-8]}def/post/picked" not in posts
    assert erase(intake, posts, names) == 3
    welcome = Welcome(forgotten=posts, aliases=Aliases(frozenset(asked[:2]) | {url_of(52)}, intake.authors))
    assert [welcome(one) for one in (*named, edited)] == [False, False, True, False]
    alone = Welcome(aliases=Aliases(frozenset(asked[:2]) | {url_of(52)}, intake.authors))
    assert [alone(one) for one in (*named, edited)] == [False, False, True, False]


def test_an_unknown_person_needs_a_platform(intake: Intake) -> None:
    with pytest.raises(Mistake, match="name the platform"):
        resolve(intake, read_targets(["@nobody_99"]))
    posts, names = resolve(intake, read_targets(["x:@nobody_99"]))
    assert not posts
    assert names


def test_who_was_left_out_by_handle_is_known_by_number_once_it_shows(tmp_path: Path) -> None:
    with Intake(tmp_path / "sightings.sqlite") as intake:
        intake.authors("x", "@brush_fan_09")
        with intake.writing():
            intake.authors.silence(intake.authors.called("x", "@brush_fan_09"))
        assert intake.authors("x", "brush_fan_09", "7009") in intake.authors.silenced()
        assert intake.authors("x", "a_new_handle", "7009") in intake.authors.silenced()
        assert intake.authors("x", "a_new_handle", "7010") not in intake.authors.silenced()
