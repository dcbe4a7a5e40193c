"""What people may write when they ask for something to be forgotten."""

from pathlib import Path

import pytest

from echoloop.collect.compliance import Person, read_targets
from echoloop.records import Mistake


@pytest.mark.parametrize(
    ("word", "person"),
    [
        ("@brush_fan_01", Person(handle="@brush_fan_01")),
        ("x:@brush_fan_01", Person(handle="@brush_fan_01", platform="x")),
        ("https://twitter.com/brush_fan_01", Person(handle="brush_fan_01", platform="x")),
        ("https://www.reddit.com/user/brush_fan_01/", Person(handle="brush_fan_01", platform="reddit")),
        ("u/brush_fan_01", Person(handle="u/brush_fan_01")),
        ("did:plc:abc123", Person(handle="did:plc:abc123")),
        ("https://bsky.app/profile/brush.example", Person(handle="brush.example", platform="bluesky")),
        (
            "https://art.example/@brush_fan_01",
            Person(handle="brush_fan_01@art.example", platform="mastodon"),
        ),
    ],
)
def test_people(word: str, person: Person) -> None:
    assert read_targets([word]).people == {person}


@pytest.mark.parametrize(
    ("word", "url"),
    [
        ("**https://twitter.com/brush_fan_01/status/12?s=20**", "https://x.com/i/status/12"),
        ("https://old.reddit.com/r/pictures/comments/ab1/title/cd2", "https://reddit.com/comments/ab1/_/cd2"),
        ("https://bsky.app/profile/did:plc:abc/post/3k", "https://bsky.app/profile/did:plc:abc/post/3k"),
        ("https://art.example/@brush_fan_01/1234", "https://art.example/@brush_fan_01/1234"),
    ],
)
def test_posts(word: str, url: str) -> None:
    targets = read_targets([word])
    assert targets.posts == {url}
    assert not targets.people


def test_a_file_of_everything(tmp_path: Path) -> None:
    path = tmp_path / "requests.txt"
    path.write_text(
        "# from the inbox\n\nhttps://x.com/a/status/1\n@brush_fan_01\n"
        '{"id": "77", "action": "delete", "created_at": "2025-04-01T00:00:00Z", "reason": "deleted"}\n'
        '{"id": "78", "action": "scrub_geo", "reason": "scrub_geo"}\n'
    )
    targets = read_targets([str(path), "https://x.com/a/status/2"])
    assert targets.posts == {"https://x.com/i/status/1", "https://x.com/i/status/2"}
    assert targets.people == {Person(handle="@brush_fan_01")}
    assert targets.numbers == {"77"}
    assert targets.passed_over == 1


@pytest.mark.parametrize(
    "line", ["this is not one", '{"action": "delete"}', '{"id": "x", "action": "delete"}', "{"]
)
def test_one_unreadable_name_names_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "requests.txt"
    path.write_text(f"https://x.com/a/status/1\n{line}\n")
    with pytest.raises(Mistake, match="nothing was forgotten") as caught:
        read_targets([str(path)])
    assert caught.value.where == f"{path}:2"


def test_a_list_that_is_not_there_is_not_taken_for_an_address() -> None:
    with pytest.raises(Mistake, match="no file"):
        read_targets(["requests.txt"])


def test_an_empty_list_names_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("# nothing yet\n")
    with pytest.raises(Mistake, match="nothing was named"):
        read_targets([str(tmp_path / "empty.txt")])
