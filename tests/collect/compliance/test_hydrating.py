"""Posts given away without content, and what comes back of them."""

import threading
from pathlib import Path

import msgspec
import pytest
from collect_runs import KEYS, Town, collect, rows, set_up
from platforms import Fault
from platforms.bluesky import Bluesky, uri, view
from platforms.mastodon import Mastodon, number_at, status
from platforms.reddit import Reddit, comment, submission
from platforms.x import X, tweet
from sighted import at

from echoloop.cli.collect import dehydrate
from echoloop.cli.collecting import hydrate_file, tell_attrition
from echoloop.cli.options import Place, Running
from echoloop.collect import Attrition, Intake
from echoloop.engine import Stopped
from echoloop.records import Mistake, Post, Relevance

DAY = "2025-03-26T10:00:00.000Z"
HIT = "Lab Painter at work"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys as on a machine of one's own; signals stay the test runner's."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("echoloop.cli.collecting.watch_signals", lambda *_: None)


def planted(town: Town) -> None:
    """A conversation on each platform."""
    x = X(
        [
            tweet(1, HIT, created_at=DAY, attachments={"media_keys": ["3_1"]}),
            *(tweet(n, f"reply {n}", created_at=DAY, reply_to=1, thread=1) for n in (2, 3, 4)),
        ]
    )
    x.media["3_1"] = {"media_key": "3_1", "type": "photo", "url": town.picture("red")}
    town.add(x)
    stamp = at(1).timestamp()
    town.add(Reddit([submission("r1", HIT, at=stamp), comment("c1", "r1", created_utc=stamp)]))
    town.add(Bluesky([view("b1", HIT, at=DAY), view("b2", parent="b1", at=DAY)]))
    first = number_at(at(1))
    town.add(Mastodon([status(first, HIT, created_at="2025-04-01T00:00:00.000Z")]))


def hydrated(path: Path, folder: Path) -> dict[str, Attrition]:
    found = hydrate_file(path, Place(config=folder / "echoloop.toml"), Running(quiet=True))
    return {row.platform: row for row in found}


def keyworded(folder: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {url: (post.found_by, post.keywords) for url, post in rows(folder, "posts", Post).items()}


def test_there_and_back_with_what_was_lost_on_the_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town = Town()
    planted(town)
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "ids.jsonl"
    with town:
        set_up(here, town)
        collect(here)
        dehydrate(file, place=Place(config=here / "echoloop.toml"))
        given = file.read_text()
        assert HIT not in given
        assert "reply" not in given.replace("replies", "")
        assert "painter_fan" not in given.replace("@painter_fan_01/", "")

        x, bluesky = town.platforms["x"], town.platforms["bluesky"]
        assert isinstance(x, X)
        assert isinstance(bluesky, Bluesky)
        del x.tweets["2"]
        x.tweets["3"]["text"] = "edited since"
        del x.tweets["4"]
        x.withheld["4"] = "here"
        del bluesky.views[uri("b2")]
        del town.platforms["mastodon"]
        set_up(there, town)
        before = town.asked()
        found = hydrated(file, there)
        assert found["x"] == Attrition(
            platform="x", asked=4, same=1, edited=1, gone={"not found": 1, "protected": 1}, pictures=1
        )
        assert found["reddit"] == Attrition(platform="reddit", asked=2, same=2)
        assert found["bluesky"] == Attrition(platform="bluesky", asked=2, same=1, gone={"not found": 1})
        assert found["mastodon"] == Attrition(platform="mastodon", asked=0, unasked=1)
        assert (town.asked() - before).total() == 3
        tell_attrition(found.values())
        assert "x: 1 as they were, 1 edited, 1 not found, 1 protected, 0 not asked" in capsys.readouterr().out

        set_up(there, town, keywords=("a word that nobody uses",))
        collect(there)
        both = {url: found for url, found in keyworded(here).items() if url in keyworded(there)}
        assert keyworded(there) == both
        assert ("keyword", ("Lab Painter",)) in both.values()
        relevant = set(rows(there, "relevance", Relevance))
        assert relevant == {url for url in rows(here, "relevance", Relevance) if "social.example" not in url}
        again = hydrated(file, there)["x"]
        assert (again.pictures, again.pictures_same) == (1, 1)


def test_hydrating_does_not_make_the_next_run_look_again_at_everything(tmp_path: Path) -> None:
    town = Town()
    planted(town)
    file = tmp_path / "ids.jsonl"
    with town:
        set_up(tmp_path, town)
        collect(tmp_path)
        dehydrate(file, place=Place(config=tmp_path / "echoloop.toml"))
        hydrated(file, tmp_path)
        asked = town.requests
        collect(tmp_path)
        assert town.requests == asked
        hydrated(file, tmp_path)
        assert town.requests > asked


def test_where_the_posts_are_already_it_tells_what_became_of_them(tmp_path: Path) -> None:
    town = Town()
    planted(town)
    file = tmp_path / "ids.jsonl"
    with town:
        set_up(tmp_path, town)
        collect(tmp_path)
        dehydrate(file, place=Place(config=tmp_path / "echoloop.toml"))
        mastodon = town.platforms.pop("mastodon")
        set_up(tmp_path, town)
        assert hydrated(file, tmp_path)["mastodon"].unasked == 1
        town.platforms["mastodon"] = mastodon
        set_up(tmp_path, town)
        assert hydrated(file, tmp_path)["mastodon"].same == 1
        x = town.platforms["x"]
        assert isinstance(x, X)
        x.skew = 60.0
        del x.tweets["2"]
        found = hydrated(file, tmp_path)["x"]
        assert (found.same, found.gone) == (3, {"not found": 1})


def test_an_interrupted_hydration_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    posts = [tweet(n, HIT, created_at=DAY) for n in range(1, 451)]
    stops: list[threading.Event] = []
    monkeypatch.setattr("echoloop.cli.collecting.watch_signals", lambda stop, _: stops.append(stop))
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "ids.jsonl"
    with Town(X(posts), delay=0.02) as town:
        set_up(here, town, collect='expand = "none"', x="concurrency = 1")
        collect(here)
        dehydrate(file, place=Place(config=here / "echoloop.toml"))
        set_up(there, town, x="concurrency = 1")
        before, begun = town.asked(), town.requests
        threading.Thread(target=lambda: (town.wait_for(begun + 2), stops[-1].set())).start()
        with pytest.raises(Stopped, match="hydrate"):
            hydrated(file, there)
        assert hydrated(file, there)["x"].same == 450
        assert sorted((town.asked() - before).values()) == [1] * 5


def test_a_key_that_is_refused_leaves_posts_unasked(tmp_path: Path) -> None:
    town = Town()
    planted(town)
    file = tmp_path / "ids.jsonl"
    with town:
        set_up(tmp_path / "here", town)
        collect(tmp_path / "here")
        dehydrate(file, place=Place(config=tmp_path / "here" / "echoloop.toml"))
        town.platforms["x"].faults.append(Fault(401))
        set_up(tmp_path / "there", town)
        found = hydrated(file, tmp_path / "there")
        assert found["x"].unasked == 4
        assert found["reddit"].same == 2
        assert hydrated(file, tmp_path / "there")["x"].same == 4


def test_another_file_is_refused(tmp_path: Path) -> None:
    town = Town()
    with town:
        set_up(tmp_path, town)
        (tmp_path / "ids.jsonl").write_bytes(msgspec.json.encode({"url": "https://x.com/i/status/1"}))
        with pytest.raises(Mistake, match="no file of dehydrated posts"):
            hydrated(tmp_path / "ids.jsonl", tmp_path)
        assert not (tmp_path / "workspace").exists()


def test_hydrated_posts_of_a_forgotten_person_stay_out(tmp_path: Path) -> None:
    with Town(X([tweet(1, HIT, created_at=DAY), tweet(2, HIT, created_at=DAY)])) as town:
        set_up(tmp_path / "here", town)
        collect(tmp_path / "here")
        dehydrate(tmp_path / "ids.jsonl", place=Place(config=tmp_path / "here" / "echoloop.toml"))
        set_up(tmp_path / "there", town, keywords=("a word that nobody uses",))
        with_intake = tmp_path / "there" / "workspace"
        collect(tmp_path / "there")
        with Intake(with_intake / "sightings.sqlite") as intake, intake.writing():
            intake.authors.silence(intake.authors.called("x", "@painter_fan_101"))
        assert hydrated(tmp_path / "ids.jsonl", tmp_path / "there")["x"].same == 1


def test_offline_asks_nobody_and_tells_what_is_here(tmp_path: Path) -> None:
    town = Town()
    planted(town)
    file = tmp_path / "ids.jsonl"
    with town:
        set_up(tmp_path, town)
        collect(tmp_path)
        place = Place(config=tmp_path / "echoloop.toml")
        dehydrate(file, place=place)
        hydrated(file, tmp_path)
        asked = town.requests
        found = hydrate_file(file, place, Running(quiet=True, offline=True))
        assert town.requests == asked
        assert {row.platform: row.same for row in found}["x"] == 4


def test_a_longer_file_asks_again_for_what_a_shorter_one_had_fetched(tmp_path: Path) -> None:
    town = Town()
    planted(town)
    file, short = tmp_path / "ids.jsonl", tmp_path / "short.jsonl"
    with town:
        set_up(tmp_path, town)
        collect(tmp_path)
        dehydrate(file, place=Place(config=tmp_path / "echoloop.toml"))
        lines = file.read_text().splitlines(keepends=True)
        short.write_text("".join(line for line in lines if "social.example" not in line))
        assert hydrated(short, tmp_path)["x"].edited == 0
        x = town.platforms["x"]
        assert isinstance(x, X)
        x.tweets["3"]["text"] = "edited since"
        assert hydrated(file, tmp_path)["x"].edited == 1
