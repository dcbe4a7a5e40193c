"""Pictures that are there already, and a program that draws, stand in a benchmark beside any endpoint: from the command line."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from command_line import echoloop

from echoloop.images import encode_png
from echoloop.lab.scenes import draw, sample_scene
from echoloop.records import FileMatch, Item, Output
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace import Workspace, writing

ITEMS = 4
PROGRAM = """
import json, shutil, sys
for line in sys.stdin:
    order = json.loads(line)
    if "0" in order["prompt"]:
        print(json.dumps({"id": order["id"], "state": "refused", "reason": "not this one"}), flush=True)
    else:
        shutil.copy("picture.png", order["output"])
"""
SETTINGS = """subject = "Lab Painter"
released = 2025-03-25

[roles]
vision = "viewer"

[endpoints.viewer]
base_url = "lab:"
model = "lab-viewer"
price = { request = 0 }

[endpoints.paints]
base_url = "lab:"
model = "painter-ochre"
developer = "lab-atelier-1"
price = { image = 0 }

[models.theirs]
folder = "pictures"
developer = "Them"

[models.ours]
command = [%(python)s, "draw.py"]
developer = "Us"

[models.chained]
chain = { reader = "viewer", draws = "paints" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A benchmark without posts, a folder with gaps and strangers, and a program."""
    items = [
        Item(id=f"item-{number}", split="text_to_image", sample="s", prompt=f"Draw a red ball {number}.", quality="Benchmark")
        for number in range(ITEMS)
    ]  # fmt: skip
    with writing(tmp_path / "workspace") as workspace:
        workspace.tables.write("items", to_table(items, Item), Item)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    data = encode_png(draw(sample_scene(np.random.default_rng(1))))
    for name in ("item-0.png", "ITEM-1.webp", "stranger.png"):
        (pictures / name).write_bytes(data)
    (pictures / "item-2.png").write_bytes(b"no picture")
    (tmp_path / "picture.png").write_bytes(data)
    (tmp_path / "draw.py").write_text(PROGRAM)
    (tmp_path / "echoloop.toml").write_text(SETTINGS % {"python": f'"{sys.executable}"'})
    return tmp_path


def outputs(folder: Path, model: str) -> dict[str, str]:
    rows = from_table(Workspace(folder / "workspace").tables.read("outputs"), Output)
    return {row.item: row.state for row in rows if row.model == model}


def test_folder_program_and_chain_answer_the_same_items(folder: Path) -> None:
    done = echoloop(folder, "generate")
    assert done.returncode == 0, done.stderr
    assert "theirs: 2 of 4 pictures are there; 1 missing, 1 extra, 1 unreadable" in done.stdout
    assert outputs(folder, "theirs") == {
        "item-0": "answered",
        "item-1": "answered",
        "item-2": "unparsed",
        "item-3": "failed",
    }
    assert outputs(folder, "ours") == {
        "item-0": "refused",
        **{f"item-{number}": "answered" for number in range(1, ITEMS)},
    }
    assert set(outputs(folder, "chained").values()) == {"answered"}
    states = {
        row.file: row.state
        for row in from_table(Workspace(folder / "workspace").tables.read("matches"), FileMatch)
    }
    assert states == {
        "item-0.png": "matched",
        "ITEM-1.webp": "matched",
        "item-2.png": "unreadable",
        "": "missing",
        "stranger.png": "extra",
    }


def test_what_is_to_be_drawn_can_be_listed_for_others(folder: Path) -> None:
    done = echoloop(folder, "generate", "--list", "items.jsonl")
    assert "4 items are in" in done.stdout
    rows = [json.loads(line) for line in (folder / "items.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == [f"item-{number}" for number in range(ITEMS)]
    assert rows[0] == {"id": "item-0", "split": "text_to_image", "prompt": "Draw a red ball 0.", "images": []}
    assert not (folder / "workspace" / "tables" / "outputs").exists()


def test_strict_fails_where_something_does_not_match_and_keeps_the_tables(folder: Path) -> None:
    done = echoloop(folder, "generate", "--strict")
    assert done.returncode == 2
    assert "3 files or items of a folder do not match" in done.stderr
    assert "theirs: stranger.png: extra" in done.stderr
    assert outputs(folder, "theirs")["item-0"] == "answered"


def test_a_changed_folder_is_looked_at_again_and_nothing_else_is(folder: Path) -> None:
    assert echoloop(folder, "generate").returncode == 0
    (folder / "pictures" / "item-3.png").write_bytes((folder / "picture.png").read_bytes())
    (folder / "draw.py").touch()
    done = echoloop(folder, "generate")
    assert "0 calls were paid" in done.stdout
    assert outputs(folder, "theirs")["item-3"] == "answered"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("developer = 'Us'", "names nothing as what draws"),
        ("endpoint = 'paints'\nfolder = 'pictures'", "endpoint and folder"),
        ("endpoint = 'nobody'", "'nobody', which is not declared"),
        ("chain = { reader = 'viewer', draws = 'nobody' }", "'nobody', which is not declared"),
        ("folder = 'nowhere'", "cannot be read"),
        ("endpoint = 'paints'\ninputs = 'collage'\ntakes = 0", "takes = 0"),
        ("python = 'no function'", "python"),
        ("command = []", "command"),
    ],
)
def test_a_model_that_cannot_be_is_said_and_not_run(folder: Path, model: str, said: str) -> None:
    settings = folder / "echoloop.toml"
    settings.write_text(settings.read_text() + f"\n[models.odd]\n{model}\n")
    done = echoloop(folder, "generate")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
