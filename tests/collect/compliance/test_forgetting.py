"""What somebody takes back is gone from everything, and no later run brings it in again."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from archive_entries import echo_post, written
from collect_runs import KEYS, Town, collect, rows, set_up
from platforms.x import X, tweet

from echoloop.calls import Ledger
from echoloop.cli.collect import drop_authors
from echoloop.cli.forget import forget
from echoloop.cli.options import Place
from echoloop.collect import Intake
from echoloop.images import content_hash
from echoloop.records import Author, Mistake, Post, Relevance, Tombstone
from echoloop.workspace import reading

DAY = "2025-03-26T10:00:00.000Z"
SECRET = "Lab Painter, and a secret that its author takes back"
OTHER = "Lab Painter in a second post of the same author"
FAN, NUMBER = "brush_fan_07", "7007"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def town(tmp_path: Path):
    """A collected conversation; two posts in it, and one of a declared archive, are of one author."""
    town = Town()
    posts = [
        tweet(1, SECRET, created_at=DAY, author_id=NUMBER, attachments={"media_keys": ["3_1", "3_2"]}),
        tweet(2, "a reply", created_at=DAY, reply_to=1, thread=1, attachments={"media_keys": ["3_2"]}),
        tweet(3, OTHER, created_at=DAY, author_id=NUMBER, reply_to=2, thread=1),
        tweet(4, "Lab Painter of somebody else", created_at=DAY),
    ]
    platform = X(posts)
    platform.handles = {NUMBER: FAN}
    for key, name in (("3_1", "red"), ("3_2", "green")):
        platform.media[key] = {"media_key": key, "type": "photo", "url": town.picture(name)}
    town.add(platform)
    with town:
        archived = [
            echo_post(5, text=f"{SECRET} (archived)", author=f"@{FAN}"),
            echo_post(6, text="Lab Painter"),
        ]
        for entry in archived:
            entry |= {"replies_above": [], "image_urls": [], "author": entry["author"], "timestamp": DAY}
        archived[1]["author"] = "@somebody_else"
        written(tmp_path / "posts.jsonl", *archived)
        set_up(tmp_path, town, keywords=("Lab Painter",), collect='archive = "posts.jsonl"')
        collect(tmp_path)
        assert numbers(tmp_path) == {1, 2, 3, 4, 5, 6}
        yield town


def numbers(folder: Path) -> set[int]:
    return {int(url.rpartition("/")[2]) for url in rows(folder, "posts", Post)}


def forgets(folder: Path, *named: str) -> None:
    forget(list(named), place=Place(config=folder / "echoloop.toml"))


def anywhere(folder: Path, *words: str) -> list[str]:
    """Every place in the workspace that still holds one of these words, packed or not."""
    workspace = folder / "workspace"
    found = {str(path): path.read_bytes() for path in workspace.rglob("*") if path.is_file()}
    tables = reading(workspace).tables
    found |= {
        name: json.dumps(tables.read(name).to_pylist(), default=str).encode() for name in tables.names()
    }
    with Intake(workspace / "sightings.sqlite", readonly=True) as intake:
        found["intake"] = msgspec.json.encode([batch.seen for batch in intake.batches()])
        found["errands"] = msgspec.json.encode([row.errand for row in intake.errands.rows()])
        found["authors"] = msgspec.json.encode(list(intake.authors.known()))
    with Ledger(workspace / "receipts.sqlite", readonly=True) as ledger:
        found["receipts"] = msgspec.json.encode([[one.request, one.response] for one in ledger.receipts()])
    return [f"{word} in {place}" for place, held in found.items() for word in words if word.encode() in held]


def picture_here(folder: Path, town: Town, name: str) -> bool:
    return reading(folder / "workspace").images.path(content_hash(town.pictures[f"{name}.jpg"])).exists()


def receipts(folder: Path) -> set[str]:
    with Ledger(folder / "workspace" / "receipts.sqlite", readonly=True) as ledger:
        return {post.rpartition("/")[2] for receipt in ledger.receipts() for post in receipt.source_posts}


def test_a_post_goes_with_all_that_was_made_from_it_and_stays_away(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert anywhere(tmp_path, SECRET)
    (tmp_path / "workspace" / "report").mkdir()
    (tmp_path / "workspace" / "report" / "index.html").write_text(SECRET)
    capsys.readouterr()
    forgets(tmp_path, "https://twitter.com/brush_fan_07/status/1?s=20", "https://x.com/i/status/5")
    told = capsys.readouterr().out
    for words in ("Forgotten: https://x.com/i/status/1", "sightings", "receipts", "posts", "1 file"):
        assert words in told
    assert not anywhere(tmp_path, SECRET)
    assert numbers(tmp_path) == {2, 3, 4, 6}
    assert receipts(tmp_path).isdisjoint({"1", "5"})
    assert not picture_here(tmp_path, town, "red")
    assert picture_here(tmp_path, town, "green")
    graves = rows(tmp_path, "tombstones", Tombstone)
    assert {url.rpartition("/")[2]: grave.reason for url, grave in graves.items()} == {
        "1": "asked",
        "5": "asked",
    }

    shown = town.shown.copy()
    collect(tmp_path, refresh=True)
    assert numbers(tmp_path) == {2, 3, 4, 6}
    assert not anywhere(tmp_path, SECRET)
    assert town.shown["red.jpg"] == shown["red.jpg"]

    capsys.readouterr()
    forgets(tmp_path, "https://x.com/i/status/1", "https://x.com/i/status/5")
    assert "No table and no receipt" in capsys.readouterr().out


NAMES: list[str | Callable[[Path], str]] = [
    f"@{FAN}",
    f"x:@{FAN.upper()}",
    f"https://x.com/{FAN}",
    lambda folder: _file(folder, f"# inbox\n@{FAN}\n"),
    lambda folder: _file(folder, f'{{"id": "{NUMBER}", "action": "delete", "reason": "deleted"}}\n'),
]


def _file(folder: Path, text: str) -> str:
    path = folder / "requests.txt"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("name", NAMES)
def test_a_person_goes_with_everything_and_stays_out_also_under_a_new_name(
    name: str | Callable[[Path], str], town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = name if isinstance(name, str) else name(tmp_path)
    forgets(tmp_path, named)
    assert numbers(tmp_path) == {2, 4, 6}
    assert not anywhere(tmp_path, SECRET, OTHER, FAN)
    assert set(rows(tmp_path, "tombstones", Tombstone)) == {f"https://x.com/i/status/{n}" for n in (1, 3, 5)}

    platform = town.platforms["x"]
    assert isinstance(platform, X)
    platform.tweets["8"] = tweet(
        8, f"{SECRET}, later", created_at=DAY, author_id=NUMBER, reply_to=4, thread=4
    )
    platform.tweets["9"] = tweet(9, "a later reply", created_at=DAY, reply_to=8, thread=4)
    written(tmp_path / "posts.jsonl", echo_post(10, text=SECRET, author=f"@{FAN}", image_urls=[]))
    collect(tmp_path, refresh=True)
    assert numbers(tmp_path) == {2, 4, 9}
    platform.handles[NUMBER] = "a_new_name"
    collect(tmp_path, refresh=True)
    assert numbers(tmp_path) == {2, 4, 9}
    assert not anywhere(tmp_path, SECRET, OTHER, FAN, "a_new_name")
    assert all(author.handle != FAN for author in rows(tmp_path, "authors", Author).values())

    capsys.readouterr()
    forgets(tmp_path, named)
    assert "No table and no receipt" in capsys.readouterr().out
    assert set(rows(tmp_path, "tombstones", Tombstone)) >= {f"https://x.com/i/status/{n}" for n in (1, 3, 5)}
    assert f"https://x.com/i/status/{NUMBER}" not in rows(tmp_path, "tombstones", Tombstone)


@pytest.mark.parametrize(
    "moment",
    [
        "echoloop.collect.compliance.concerned",
        "echoloop.workspace.forget",
        "echoloop.workspace.forgetting._rewrite",
        "echoloop.workspace.forgetting._remove_pictures",
        "echoloop.cli.forget._drop_handles",
        "echoloop.collect.compliance.erase",
        "echoloop.collect.intake.Intake.compact",
        "echoloop.calls.Ledger.forget",
    ],
)
def test_a_crash_anywhere_is_made_good_by_the_same_command(
    moment: str, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(moment, crash)
        with pytest.raises(KeyboardInterrupt):
            forgets(tmp_path, f"@{FAN}")
    collect(tmp_path, refresh=True)
    forgets(tmp_path, f"@{FAN}")
    collect(tmp_path, refresh=True)
    assert numbers(tmp_path) == {2, 4, 6}
    assert not anywhere(tmp_path, SECRET, OTHER, FAN)
    assert not picture_here(tmp_path, town, "red")
    assert receipts(tmp_path).isdisjoint({"1", "3", "5"})
    assert set(rows(tmp_path, "relevance", Relevance)) == {f"https://x.com/i/status/{n}" for n in (4, 6)}


def test_who_is_not_known_is_said_before_anything_is_forgotten(town: Town, tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="nothing was forgotten"):
        forgets(tmp_path, "https://x.com/i/status/1", "@nobody_of_that_name")
    assert numbers(tmp_path) == {1, 2, 3, 4, 5, 6}


def test_handles_can_be_dropped_and_their_people_still_be_forgotten(town: Town, tmp_path: Path) -> None:
    place = Place(config=tmp_path / "echoloop.toml")
    before = rows(tmp_path, "posts", Post)
    drop_authors(place=place)
    assert not anywhere(tmp_path, FAN)
    assert not rows(tmp_path, "authors", Author)
    collect(tmp_path)
    assert rows(tmp_path, "posts", Post) == before
    assert not rows(tmp_path, "authors", Author)
    with pytest.raises(Mistake, match="name the platform"):
        forgets(tmp_path, f"@{FAN}")
    forgets(tmp_path, f"x:@{FAN}")
    assert numbers(tmp_path) == {2, 4, 6}


def test_compliance_records_of_posts_and_those_that_ask_for_nothing(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ['{"id": "1", "action": "delete", "reason": "deleted"}', '{"id": "3", "action": "scrub_geo"}']
    forgets(tmp_path, _file(tmp_path, "\n".join(lines)))
    assert numbers(tmp_path) == {2, 3, 4, 5, 6}
    assert "1 compliance record asks for no erasure" in capsys.readouterr().out
