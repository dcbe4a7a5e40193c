"""`echoloop curate analyze` on a town: a page, figures and files, and a reason for what was not measured."""

import csv
import sqlite3
from pathlib import Path

import pytest
from command_line import echoloop

pytestmark = pytest.mark.xdist_group("curate verbs")


def worked(folder: Path, *words: str) -> str:
    done = echoloop(folder, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    worked(folder, "lab", "town", "--threads", "30", "--seed", "5")
    worked(folder, "init")
    worked(folder, "collect", "--quiet")
    worked(folder, "curate", "--quiet")
    (folder / "old.txt").write_text("a red boat\nmake the sky green <b>\n")
    said = worked(
        folder, "curate", "analyze", "--beside", "old=old.txt", "--model", "no/such-model", "--quiet"
    )
    assert "not measured" in said
    return folder


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "workspace" / "analyses" / "data" / "analyses.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_analysis_is_there_and_absence_is_no_number(analysed: Path) -> None:
    found = rows(analysed)
    kinds = {row["analysis"] for row in found}
    assert kinds == {
        "size",
        "first bigrams",
        "growth",
        "perplexity",
        "length",
        "language",
        "task",
        "novelty",
        "activity",
        "funnel",
        "cost",
    }
    assert {row["value"] for row in found if row["analysis"] == "perplexity"} == {""}
    shares = [float(row["value"]) for row in found if row["analysis"] == "task"]
    assert sum(shares) == pytest.approx(1.0)
    assert all("not named" not in row["note"] for row in found if row["analysis"] == "task")
    assert {row["dataset"] for row in found if row["analysis"] == "growth"} == {"this benchmark", "old"}
    page = (analysed / "workspace" / "analyses" / "index.html").read_text()
    assert "not measured" in page
    for suffix in ("svg", "pdf"):
        assert (analysed / "workspace" / "analyses" / "figures" / f"growth.{suffix}").stat().st_size > 1_000


def test_again_is_the_same_and_asks_nothing(analysed: Path) -> None:
    folder = analysed / "workspace" / "analyses"
    before = {path.name: path.read_bytes() for path in (folder / "figures").iterdir()}
    old = rows(analysed)
    receipts = sqlite3.connect(analysed / "workspace" / "receipts.sqlite")
    count = receipts.execute("SELECT count(*) FROM receipts").fetchone()
    worked(
        analysed,
        "curate",
        "analyze",
        "--beside",
        "old=old.txt",
        "--model",
        "no/such-model",
        "--offline",
        "--quiet",
    )
    assert receipts.execute("SELECT count(*) FROM receipts").fetchone() == count
    receipts.close()
    assert [row for row in rows(analysed) if row["analysis"] != "cost"] == [
        row for row in old if row["analysis"] != "cost"
    ]
    assert {path.name: path.read_bytes() for path in (folder / "figures").iterdir()} == before


def test_mistakes_are_told(analysed: Path, tmp_path: Path) -> None:
    for words, said in (
        (("--beside", "old"), "is not NAME=FILE"),
        (("--beside", "old=none.txt"), "no such file"),
        (("--beside", "a=old.txt", "a=old.txt"), "two data sets have one name"),
    ):
        done = echoloop(analysed, "curate", "analyze", *words)
        assert done.returncode == 2
        assert said in done.stderr
    worked(tmp_path, "init")
    done = echoloop(tmp_path, "curate", "analyze")
    assert done.returncode == 2
    assert "not an echoloop workspace" in done.stderr
