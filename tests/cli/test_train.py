"""Training from the command line: a checkpoint is looked into, fine-tuned on files, drawn with, and judged like any model."""

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import echoloop
from micro_bagel import micro_checkpoint

from echoloop.images import decode, encode_png
from echoloop.lab.training import reference_lessons, text_lessons, write_lessons
from echoloop.records import Item, Output
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace import Workspace, writing

SETTINGS = """subject = "Lab Painter"
released = 2025-03-25

[models.ours]
python = "echoloop.train.sampling:open_image_model"
options = { folder = "bagel", device = "cpu" }
developer = "Us"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkpoint and a data set."""
    micro_checkpoint(tmp_path / "bagel")
    write_lessons(tmp_path / "data", [*text_lessons(40, 0), *reference_lessons(20, 0)])
    return tmp_path


def _log(run: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]


def _train(folder: Path, steps: int, *words: str):
    return echoloop(
        folder, "train", "run", "data", "--model", "bagel", "--out", "run", "--recipe", "tiny",
        "--steps", str(steps), "--pack", "600", *words,
    )  # fmt: skip


def test_a_checkpoint_is_fine_tuned_goes_on_and_draws(folder: Path) -> None:
    first = _train(folder, 2)
    assert first.returncode == 0, first.stderr
    assert "published-000002" in first.stdout
    again = _train(folder, 3)
    assert again.returncode == 0, again.stderr
    assert "going on from" in again.stdout
    assert [line["step"] for line in _log(folder / "run")] == [1, 2, 3]
    drawn = echoloop(
        folder, "train", "sample", "run/published-000003", "Draw a red ball.", "A box.", "--count", "2", "--out", "drawn"
    )  # fmt: skip
    assert drawn.returncode == 0, drawn.stderr
    names = sorted(path.name for path in (folder / "drawn").iterdir())
    assert names == ["001-1.png", "001-2.png", "002-1.png", "002-2.png"]
    assert decode((folder / "drawn" / "001-1.png").read_bytes()).pixels.shape == (12, 16, 3)


def test_a_reference_gives_the_picture_its_size_and_an_answer_is_text(folder: Path) -> None:
    (folder / "one.png").write_bytes(encode_png(np.zeros((8, 20, 3), np.uint8)))
    drawn = echoloop(folder, "train", "sample", "bagel", "Draw a box.", "--reference", "one.png")
    assert drawn.returncode == 0, drawn.stderr
    assert decode((folder / "drawn" / "001-1.png").read_bytes()).pixels.shape == (8, 20, 3)
    said = echoloop(folder, "train", "sample", "bagel", "What is this?", "--reference", "one.png", "--answer")
    assert said.returncode == 0, said.stderr


def test_a_checkpoint_is_described_without_loading_it(folder: Path) -> None:
    done = echoloop(folder, "train", "inspect", "bagel")
    assert done.returncode == 0, done.stderr
    assert "generation" in done.stdout
    assert "vision" in done.stdout


def test_data_goes_to_other_backbones(folder: Path) -> None:
    for layout, name in (("omnigen2", "*.jsonl"), ("webdataset", "*.tar")):
        done = echoloop(folder, "train", "export", "data", f"for-{layout}", "--as", layout)
        assert done.returncode == 0, done.stderr
        assert "60 rows" in done.stdout
        assert list((folder / f"for-{layout}").rglob(name))


def test_a_trained_model_is_a_model_of_the_benchmark(folder: Path) -> None:
    items = [
        Item(id=f"item-{number}", split="text_to_image", sample="s", prompt=f"Draw a {thing}.", quality="Benchmark")
        for number, thing in enumerate(("red ball", "blue box", "ball"))
    ]  # fmt: skip
    with writing(folder / "workspace") as workspace:
        workspace.tables.write("items", to_table(items, Item), Item)
    (folder / "echoloop.toml").write_text(SETTINGS)
    done = echoloop(folder, "generate")
    assert done.returncode == 0, done.stderr
    outputs = from_table(Workspace(folder / "workspace").tables.read("outputs"), Output)
    assert [row.state for row in outputs] == ["answered"] * 3
    assert len({row.image for row in outputs}) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nowhere", "--model", "bagel", "--out", "run"), "nothing at this path"),
        (("run", "data=heavy", "--model", "bagel", "--out", "run"), "weight of data"),
        (("run", "--model", "bagel", "--out", "run"), "nothing to learn from"),
        (("run", "data", "--model", "data", "--out", "run"), "data"),
        (("sample", "bagel"), "no prompt"),
        (("sample", "bagel", "a ball", "--size", "big"), "size is 'big'"),
        (("sample", "bagel", "a ball", "--size", "4000x4000"), "position table"),
        (("sample", "bagel", "a ball", "--device", "abacus"), "no device"),
        (("sample", "bagel", "a ball", "--reference", "data/Instruction-Following-Image/rows.jsonl"), "does not open"),
        (("inspect", "nowhere"), "nowhere"),
        (("export", "nowhere", "out", "--as", "omnigen2"), "nothing at this path"),
        (("demo", "--out", "data"), "already there"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence(folder: Path, words: tuple[str, ...], said: str) -> None:
    done = echoloop(folder, "train", *words)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
