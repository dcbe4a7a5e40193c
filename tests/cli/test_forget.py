"""A post is taken back: from the tables, the pictures and the receipts, and it stays away."""

from pathlib import Path

import pytest
from command_line import write_settings
from small_runs import run_small, small_stages, toy_endpoint

from echoloop.calls import Ledger
from echoloop.cli.forget import forget
from echoloop.cli.options import Place
from echoloop.records import Mistake
from echoloop.workspace import reading

TEXT = "a secret that its author takes back"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A collected archive of three posts."""
    stages = small_stages(tmp_path, ["one picture", TEXT, "another picture"])
    run_small(tmp_path, stages, toy_endpoint())
    return Place(config=write_settings(tmp_path, "http://127.0.0.1:9/v1"))


def receipts_of(folder: Path) -> list[str]:
    with Ledger(folder / "workspace" / "receipts.sqlite", readonly=True) as ledger:
        return [post for receipt in ledger.receipts() for post in receipt.source_posts]


def test_nothing_of_a_forgotten_post_is_left_and_no_later_run_brings_it_back(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "https://x.com/i/status/1" in receipts_of(tmp_path)
    forget(
        ["**https://twitter.com/painter_fan_01/status/1?s=20**"], reason="asked by its author", place=place
    )
    said = capsys.readouterr().out
    for words in ("Forgotten: https://x.com/i/status/1", "posts", "1 row\n", "1 call\n", "Next:"):
        assert words in said
    assert receipts_of(tmp_path) == ["https://x.com/i/status/0", "https://x.com/i/status/2"]
    for path in (tmp_path / "workspace").rglob("*"):
        assert not path.is_file() or TEXT.encode() not in path.read_bytes()
    run_small(
        tmp_path, small_stages(tmp_path, ["one picture", TEXT, "another picture", "new"]), toy_endpoint()
    )
    urls = reading(tmp_path / "workspace").tables.read("posts").column("url").to_pylist()
    assert urls == [f"https://x.com/i/status/{number}" for number in (0, 2, 3)]


def test_forgetting_again_or_what_is_not_there_says_so(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    forget(["https://x.com/i/status/1"], place=place)
    capsys.readouterr()
    forget(["https://x.com/i/status/1", "https://x.com/i/status/77"], place=place)
    assert "No table and no receipt" in capsys.readouterr().out


def test_the_ledger_catches_up_after_a_crash(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "forget", crash)
        with pytest.raises(KeyboardInterrupt):
            forget(["https://x.com/i/status/1"], place=place)
    assert "https://x.com/i/status/1" in receipts_of(tmp_path)
    forget(["https://x.com/i/status/2"], place=place)
    assert receipts_of(tmp_path) == ["https://x.com/i/status/0"]


def test_what_is_no_address_is_refused_before_anything_is_forgotten(place: Place, tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="nothing was forgotten"):
        forget(["https://x.com/i/status/1", "this is not one"], place=place)
    assert len(receipts_of(tmp_path)) == 3


def test_there_must_be_a_workspace(place: Place, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Mistake, match="not an echoloop workspace"):
        forget(["https://x.com/i/status/1"], place=Place(config=place.config, workspace=tmp_path / "empty"))
    assert not list((tmp_path / "empty").iterdir())
