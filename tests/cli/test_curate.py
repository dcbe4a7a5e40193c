"""`echoloop curate review` as a person uses it: a file out, a file back, and the benchmark is drawn again."""

import csv
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from command_line import echoloop

from echoloop.cli.composing import House
from echoloop.cli.reviewing import waiting_lines
from echoloop.cli.settings_file import read_settings
from echoloop.records import Item, Mistake, ReviewCase, ReviewEvent
from echoloop.records.arrow import from_table
from echoloop.workspace import reading

pytestmark = pytest.mark.xdist_group("curate verbs")


def worked(done: "subprocess.CompletedProcess[str]", *words: str) -> str:
    assert done.returncode == 0, done.stderr
    for word in words:
        assert word in done.stdout, done.stdout
    return done.stdout


def refused(done: "subprocess.CompletedProcess[str]", *words: str) -> None:
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small town, curated, with a full text split."""
    folder = tmp_path_factory.mktemp("town")
    worked(echoloop(folder, "lab", "town", "--threads", "30", "--seed", "5"))
    worked(echoloop(folder, "init"))
    settings = folder / "echoloop.toml"
    settings.write_text(settings.read_text().replace("per_split = 1000 ", "per_split = 5 "))
    worked(echoloop(folder, "collect", "--quiet"))
    worked(echoloop(folder, "curate", "--quiet"), " for a person", "Next:")
    return folder


@pytest.fixture
def town(curated: Path, tmp_path: Path) -> Path:
    """A copy to decide in."""
    return Path(shutil.copytree(curated, tmp_path / "town"))


def items(folder: Path) -> dict[str, Item]:
    return {one.id: one for one in from_table(reading(folder / "workspace").tables.read("items"), Item)}


def inside(folder: Path, split: str) -> list[str]:
    return sorted(name for name, item in items(folder).items() if item.split == split)


def test_a_rejected_item_is_replaced_and_an_edit_is_what_stands(town: Path) -> None:
    before = items(town)
    worked(echoloop(town, "curate", "review", "--export", "queue.csv"), "samples are in", "Next:")
    with (town / "queue.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    drawn = [row for row in rows if row["split"] == "text_to_image"]
    assert len(drawn) == 5
    shown = [Path(row["output_pictures"].split("\n")[0]) for row in drawn]
    assert all(one.is_file() and one.suffix in (".png", ".jpg") for one in shown)
    gone, edited = drawn[0], drawn[1]
    gone.update(action="reject", note="two tasks in one")
    edited.update(action="accept", new_prompt="A quiet house.")
    with (town / "queue.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    take = ("curate", "review", "--import", "queue.csv", "--reviewer", "@reviewer_01")
    worked(echoloop(town, *take), "3 decisions are new; 0 were known")
    worked(echoloop(town, *take), "0 decisions are new; 3 were known")
    said = worked(echoloop(town, "curate"), "0 calls were paid", "Decided so far: 1 accepted, 1 rejected.")
    assert "Everything was fresh" not in said
    after = items(town)
    assert gone["sample"] not in after
    assert (after[edited["sample"]].prompt, after[edited["sample"]].prompt_modified) == (
        "A quiet house.",
        True,
    )
    (new,) = set(inside(town, "text_to_image")) - {row["sample"] for row in drawn}
    same = [one for one in before.values() if one.reserve and one.stratum == before[gone["sample"]].stratum]
    if same:
        assert new == min(same, key=lambda one: one.reserve or 0).id
    worked(echoloop(town, "curate"), "Everything was fresh")


def test_a_file_with_mistakes_changes_nothing(town: Path) -> None:
    name = inside(town, "text_to_image")[0]
    (town / "bad.jsonl").write_text(
        json.dumps({"sample": name, "action": "accept"})
        + "\n"
        + json.dumps({"sample": "x", "action": "drop"})
    )
    refused(
        echoloop(town, "curate", "review", "--import", "bad.jsonl"),
        "bad.jsonl:1: nobody is named as reviewer",
        "bad.jsonl:2: action",
        "nothing was imported",
    )
    assert reading(town / "workspace").tables.manifest("reviews") is None
    refused(echoloop(town, "curate", "review", "--import", "none.csv"), "no such file")
    refused(echoloop(town, "curate", "review", "--export", "queue.doc"), ".jsonl or .csv")
    refused(echoloop(town, "curate", "review", "--export", "a.csv", "--import", "b.csv"), "one of them")


def test_what_must_be_decided_is_told_apart_from_what_may_be_looked_at() -> None:
    def case(name: str, decision: str = "open", *, needed: bool = False) -> ReviewCase:
        return ReviewCase(sample=name, needed=needed, why=(), decision=decision, prompt="a house")

    free = [case(str(number)) for number in range(21)]
    assert [*waiting_lines(free)] == [
        "No sample has to wait for a person.",
        "The queue also lists 21 samples that nobody has to decide. They may be published as they are; you can look at them.",
    ]
    mixed = [case("a", needed=True), case("b"), case("c", "accept"), case("d", "reject")]
    assert [*waiting_lines(mixed)] == [
        "1 sample waits for a person: it may not be published before somebody accepts it.",
        "The queue also lists 1 sample that nobody has to decide. It may be published as it is; you can look at it.",
        "Decided so far: 1 accepted, 1 rejected.",
    ]
    assert [*waiting_lines([case("a", "disputed", needed=True), case("b", needed=True)])] == [
        "2 samples wait for a person: they may not be published before somebody accepts them.",
        "Decided so far: 1 disputed.",
    ]


def test_what_is_decided_is_exported_only_when_asked_for(town: Path) -> None:
    name = inside(town, "text_to_image")[0]
    row = {"sample": name, "action": "accept", "reviewer": "@reviewer_01"}
    (town / "one.jsonl").write_text(json.dumps(row) + "\n")
    worked(echoloop(town, "curate", "review", "--import", "one.jsonl"))

    def exported(*options: str) -> dict[str, dict[str, str]]:
        (town / "q.jsonl").unlink(missing_ok=True)
        worked(echoloop(town, "curate", "review", "--export", "q.jsonl", *options))
        rows = [json.loads(line) for line in (town / "q.jsonl").read_text().splitlines()]
        return {row["sample"]: row for row in rows}

    assert name not in exported()
    assert exported("--all")[name]["decision"] == "accept"


def test_forgetting_a_post_forgets_what_was_decided_about_it(town: Path) -> None:
    item = items(town)[inside(town, "text_to_image")[0]]
    (town / "one.jsonl").write_text(
        json.dumps({"sample": item.id, "action": "accept", "reviewer": "@r"}) + "\n"
    )
    worked(echoloop(town, "curate", "review", "--import", "one.jsonl"))
    worked(echoloop(town, "forget", item.source_posts[0]), "reviews", "review_queue")
    tables = reading(town / "workspace").tables
    assert from_table(tables.read("reviews"), ReviewEvent) == []


def test_before_anything_is_curated_the_remedy_is_named(tmp_path: Path) -> None:
    worked(echoloop(tmp_path, "init"))
    refused(echoloop(tmp_path, "curate", "review"), "not an echoloop workspace")


def test_guards_of_every_kind_are_named_under_roles(tmp_path: Path) -> None:
    worked(echoloop(tmp_path, "init"))
    settings = tmp_path / "echoloop.toml"
    named = 'guard = "guard"\nguards = ["fair"]\nclassifiers = ["reader"]\nmoderators = ["viewer"]\n'
    settings.write_text(settings.read_text().replace('guard = "guard" ', f"{named}#"))
    curate = House(settings, read_settings(settings)).curate
    assert curate.all_guards == ("guard", "fair", "reader", "viewer")
    settings.write_text(settings.read_text().replace('["fair"]', '["nobody"]'))
    with pytest.raises(Mistake, match="nobody"):
        _ = House(settings, read_settings(settings)).curate


def test_a_file_of_decisions_is_never_written_over(town: Path) -> None:
    (town / "filled.csv").write_text("decided")
    said = echoloop(town, "curate", "review", "--export", "filled.csv")
    assert said.returncode == 2
    assert "already" in said.stderr
    assert (town / "filled.csv").read_text() == "decided"
