"""Versions only rise and never change, the same tables are the same bytes, and a killed release is no release."""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from echoloop.curate.releasing import drafts, write_release, writing
from echoloop.records import Mistake

Files = Callable[[str | Path], dict[str, bytes]]
KILLED = """
import os, signal, sys
from pathlib import Path
from echoloop.curate.releasing import drafts, write_release
from echoloop.workspace import Workspace
steps = int(sys.argv[2])
def dying(act):
    def counted(*words, **more):
        global steps
        if steps == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        steps -= 1
        return act(*words, **more)
    return counted
Path.rename = dying(Path.rename)
Path.write_text = dying(Path.write_text)
Path.write_bytes = dying(Path.write_bytes)
write_release(Workspace(Path(sys.argv[1])), "Lab Painter", "0.1.0")
"""


def test_the_same_tables_are_the_same_bytes_whatever_their_order(
    tmp_path: Path, shop_in: Callable[[Path], Any], files_of: Files
) -> None:
    one, other = shop_in(tmp_path / "a"), shop_in(tmp_path / "b")
    one.fill(one.items())
    other.fill(other.items()[::-1])
    one.release(hold_out=0.5)
    other.release(hold_out=0.5)
    assert files_of(one.releases) == files_of(other.releases)
    again = one.release(hold_out=0.5)
    assert again.splits == {"image_to_image": 1, "text_to_image": 1, "analysis": 1}
    assert files_of(one.releases) == files_of(other.releases)


def test_the_checksums_cover_every_file(shop: Any, files_of: Files) -> None:
    shop.fill(shop.items())
    done = shop.release()
    for folder in (done.folder, done.public):
        found = files_of(folder)
        lines = dict(reversed(line.split("  ", 1)) for line in found.pop("SHA256SUMS").decode().splitlines())
        assert lines == {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}


def test_a_version_that_exists_never_changes(shop: Any, files_of: Files) -> None:
    shop.fill(shop.items())
    shop.release()
    before = files_of(shop.releases)
    shop.fill(shop.items()[:2])
    with pytest.raises(Mistake, match=r"0\.1\.0(-public)? exists with other content"):
        shop.release()
    assert files_of(shop.releases) == before
    assert shop.release("0.2.0").splits["analysis"] == 0


def test_a_version_below_the_newest_is_refused(shop: Any) -> None:
    shop.fill(shop.items())
    shop.release("0.10.0")
    with pytest.raises(Mistake, match=r"0\.9\.0 comes before 0\.10\.0"):
        shop.release("0.9.0")
    assert [folder.name for folder in sorted(shop.releases.iterdir())] == ["0.10.0", "0.10.0-public"]


def test_taking_items_away_needs_more_than_the_third_number(shop: Any) -> None:
    items = shop.items()
    shop.fill(items)
    shop.release()
    shop.fill([*items, shop.item("more")])
    assert shop.release("0.1.1").splits["text_to_image"] == 2
    shop.fill(items)
    with pytest.raises(Mistake, match=r"takes away, moves or rewrites 1 item of 0\.1\.1") as caught:
        shop.release("0.1.2")
    assert "0.2.0 or 1.0.0" in str(caught.value)
    assert shop.release("0.2.0").before == "0.1.1"


def test_hiding_what_was_public_needs_more_than_the_third_number(shop: Any) -> None:
    shop.fill(shop.items())
    shop.release()
    with pytest.raises(Mistake, match="takes away"):
        shop.release("0.1.1", hold_out=1.0)
    assert shop.release("0.2.0", hold_out=1.0).held_out == 2


def test_nothing_is_not_released(shop: Any) -> None:
    shop.fill([])
    with pytest.raises(Mistake, match="nothing to release"):
        shop.release()
    assert not shop.releases.exists()


@pytest.mark.parametrize(
    "version", ["1", "1.0", "v1.0.0", "1.0.0/../..", "1.0.0-rc1", "01.0.0", "1.0.0\n", "", "١.٠.٠"]
)
def test_a_version_is_three_numbers(shop: Any, version: str) -> None:
    shop.fill(shop.items())
    with pytest.raises(Mistake, match="three numbers"):
        shop.release(version)
    assert not shop.releases.exists()


@pytest.mark.parametrize("steps", [0, 1, 6, 12, 13, 14])
def test_a_killed_release_leaves_only_a_draft_that_the_next_one_removes(
    shop: Any, shop_in: Callable[[Path], Any], tmp_path: Path, files_of: Files, steps: int
) -> None:
    shop.fill(shop.items())
    workspace = str(shop.workspace.path)
    done = subprocess.run([sys.executable, "-c", KILLED, workspace, str(steps)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (shop.releases / "0.1.0").exists()
    shop.release()
    assert sorted(folder.name for folder in shop.releases.iterdir()) == ["0.1.0", "0.1.0-public"]
    undisturbed = shop_in(tmp_path / "other")
    undisturbed.fill(undisturbed.items())
    undisturbed.release()
    assert files_of(shop.releases) == files_of(undisturbed.releases)


def test_what_a_killed_release_placed_halfway_does_not_bind_the_next_one(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.fill(shop.items())
    monkeypatch.setattr(drafts, "clear_drafts", lambda releases: None)
    rename = Path.rename

    def once(path: Path, target: Path) -> Path:
        if not path.name.endswith("-public"):
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", once)
    with pytest.raises(KeyboardInterrupt):
        shop.release()
    assert (shop.releases / "0.1.0-public").exists()
    monkeypatch.undo()
    shop.fill(shop.items()[:2])
    assert shop.release().splits["analysis"] == 0
    assert writing.read_told(shop.releases / "0.1.0-public")[0].sample == "edit"


def test_a_public_variant_that_lost_its_private_one_is_not_touched(shop: Any, files_of: Files) -> None:
    shop.fill(shop.items())
    done = shop.release()
    kept = files_of(done.public)
    for path in sorted(Path(done.folder).rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    Path(done.folder).rmdir()
    write_release(shop.workspace, "Lab Painter", "0.1.0")
    assert files_of(done.public) == kept
