"""`echoloop curate score` on a town: its figures are those of the lab's own checks, and asking twice costs nothing."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from command_line import echoloop

from echoloop.curate.scoring import measure_samples, read_gold
from echoloop.lab.curate import Recovered, curation_checks
from echoloop.lab.town import TRUTH_FILE, load_truth
from echoloop.records import Post, Sample
from echoloop.records.arrow import from_table
from echoloop.workspace import reading

pytestmark = pytest.mark.xdist_group("curate verbs")


def worked(folder: Path, *words: str) -> str:
    done = echoloop(folder, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    worked(folder, "lab", "town", "--threads", "40", "--seed", "11")
    worked(folder, "init")
    worked(folder, "collect", "--quiet")
    worked(folder, "lab", "gold")
    return folder


@pytest.fixture
def town(collected: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(collected, tmp_path / "town"))


def scores(folder: Path) -> dict[tuple[str, str], dict[str, object]]:
    whole = json.loads((folder / "workspace" / "scores" / "scores.json").read_text())
    return {(one["endpoint"], one["measure"]): one for one in whole["scores"]}


def test_the_labs_reader_gets_the_figures_of_the_labs_checks(collected: Path) -> None:
    worked(collected, "curate", "--quiet")
    workspace = reading(collected / "workspace")
    posts = {post.url: post for post in from_table(workspace.tables.read("posts"), Post)}
    gold = read_gold([collected / "gold.jsonl"], posts, workspace.images.put)
    samples = tuple(from_table(workspace.tables.read("samples"), Sample))
    truth = load_truth(collected / "town" / TRUTH_FILE)
    recovered = Recovered(relevance=(), unfolded=samples, guarded=samples, samples=samples)
    lab: dict[str, list[int]] = {}
    for check in curation_checks(recovered, truth):
        name, measure = check.name.rsplit(": ", 1)
        right, found = (int(word) for word in check.recovered.split() if word.isdigit())
        if measure == "precision":
            lab[name] = [
                a + b
                for a, b in zip(lab.get(name, [0, 0, 0]), (right, found, int(check.planted)), strict=True)
            ]
    ours = {
        one.measure: one
        for stage in ("extraction", "pictures", "screenshots")
        for one in measure_samples(stage, gold, samples).figures
    }
    for measure, name in {
        "samples: F1": "samples",
        "prompts exact: F1": "prompts",
        "quality Benchmark: F1": "quality Benchmark",
        "feedback: F1": "feedback",
        "input pictures: F1": "input pictures",
        "output pictures: F1": "output pictures",
        "boxes (IoU >= 0.5): F1": "boxes (IoU >= 0.5)",
    }.items():
        right, found, wanted = lab[name]
        assert ours[measure].precision == pytest.approx(right / found), name
        assert ours[measure].recall == pytest.approx(right / wanted), name


def test_endpoints_are_compared_and_asked_once(town: Path) -> None:
    said = worked(
        town,
        "curate",
        "score",
        "--gold",
        "gold.jsonl",
        "--endpoints",
        "reader,guard",
        "--stages",
        "relevance",
        "extraction",
        "--good-enough",
        "0.5",
        "--quiet",
    )
    found = scores(town)
    reader = found[("reader", "accuracy")]
    assert reader["value"] is not None
    assert reader["value"] > 0.9  # type: ignore[operator]
    assert reader["price"] == 0
    mute = found[("guard", "accuracy")]
    assert (mute["value"], mute["answered"]) == (None, 0)
    assert mute["reason"]
    assert found[("guard", "prompts: token F1")]["value"] is None
    assert "relevance    reader" in said.split("The cheapest that is good enough")[1]
    receipts = sqlite3.connect(town / "workspace" / "receipts.sqlite")
    before = receipts.execute("SELECT count(*) FROM receipts").fetchone()
    worked(
        town,
        "curate",
        "score",
        "--gold",
        "gold.jsonl",
        "--endpoints",
        "reader,guard",
        "--stages",
        "relevance",
        "extraction",
        "--offline",
        "--quiet",
    )
    assert receipts.execute("SELECT count(*) FROM receipts").fetchone() == before
    receipts.close()
    assert scores(town) == found
    assert not list((town / "workspace").glob(".scratch-*"))
    worked(town, "curate", "--quiet")


def test_a_drawn_sample_can_be_labelled_and_scored_elsewhere(town: Path, tmp_path: Path) -> None:
    again = echoloop(town, "curate", "sample-gold", "6")
    assert again.returncode == 2
    assert "may hold labels" in again.stderr
    (town / "gold.jsonl").rename(town / "truth.jsonl")
    worked(town, "curate", "sample-gold", "6", "--seed", "2")
    rows = [json.loads(line) for line in (town / "gold.jsonl").read_text().splitlines()]
    assert len(rows) == 6
    assert all(row["samples"] is None and row["relevance"] is None for row in rows)
    assert "@" not in json.dumps([post.get("author") for row in rows for post in row["posts"]])
    truth = {row["thread"]: row for row in map(json.loads, (town / "truth.jsonl").read_text().splitlines())}
    labelled = [
        row | {"samples": truth[row["thread"]]["samples"], "relevance": truth[row["thread"]]["relevance"]}
        for row in rows
        if row["thread"] in truth
    ]
    assert labelled
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(town / "gold.pictures", elsewhere / "gold.pictures")
    (elsewhere / "gold.jsonl").write_text("".join(json.dumps(row) + "\n" for row in labelled))
    worked(elsewhere, "init")
    worked(elsewhere, "curate", "score", "--gold", "gold.jsonl", "--quiet")
    value = scores(elsewhere)[("reader", "accuracy")]["value"]
    assert value is not None
    assert value > 0.8  # type: ignore[operator]


def test_mistakes_are_told_and_nothing_is_asked(town: Path) -> None:
    for words, said in (
        (("--gold", "none.jsonl"), "no such file"),
        (("--gold", "gold.jsonl", "--endpoints", "nobody"), "there is no endpoint 'nobody'"),
    ):
        done = echoloop(town, "curate", "score", *words)
        assert done.returncode == 2
        assert said in done.stderr


def test_a_forgotten_post_is_not_asked_about(town: Path) -> None:
    first = json.loads((town / "gold.jsonl").read_text().splitlines()[0])
    worked(town, "forget", first["posts"][0])
    (town / "gold.jsonl").write_text(json.dumps(first) + "\n")
    done = echoloop(town, "curate", "score", "--gold", "gold.jsonl")
    assert done.returncode == 2
    assert "is not in the workspace" in done.stderr
    first["posts"][0] = {"url": first["posts"][0], "text": "still in my file"}
    (town / "gold.jsonl").write_text(json.dumps(first | {"samples": None, "relevance": None}) + "\n")
    done = echoloop(town, "curate", "score", "--gold", "gold.jsonl")
    assert done.returncode == 2
    assert "forgotten post" in done.stderr
