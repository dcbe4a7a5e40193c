"""What people decide goes out as a file and comes back as events: all of it, once, or none of it."""

import codecs
import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from curate_rows import FIRST, picture, sample
from stage_runs import curate_stage, run_stage

from echoloop.curate import Imported, Openable, export_queue, import_reviews
from echoloop.records import Item, Mistake, ReviewCase, ReviewEvent, Sample, fold_reviews
from echoloop.workspace import Workspace

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
BY = "@reviewer_01"
SAMPLES = {name: sample(name) for name in ("one", "two", "three")}


def jsonl(folder: Path, *rows: Any, name: str = "filled.jsonl") -> Path:
    path = folder / name
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def read(path: Path, *before: ReviewEvent, **options: Any) -> Imported:
    return import_reviews(path, SAMPLES, before, **{"reviewer": BY, "now": NOW, **options})


def mistakes(path: Path, **options: Any) -> str:
    with pytest.raises(Mistake, match="nothing was imported") as caught:
        read(path, **options)
    return str(caught.value)


def item(name: str, split: str) -> Item:
    return Item(id=name, split=split, sample=name, prompt="a house", quality="Benchmark")  # type: ignore[arg-type]


def queue(
    folder: Path, samples: list[Sample], items: list[Item], *events: ReviewEvent
) -> dict[str, ReviewCase]:
    tables = {"samples": (Sample, samples), "items": (Item, items), "reviews": (ReviewEvent, events)}
    run = run_stage(folder, curate_stage("review_queue"), tables, [])
    return {case.sample: case for case in run.kept}


def event(name: str, action: str, *, by: str = BY, turn: int = 0, **changes: Any) -> ReviewEvent:
    at = NOW.replace(minute=turn)
    return ReviewEvent(
        id=f"{name}{action}{by}{turn}", sample=name, reviewer=by, action=action, at=at, **changes
    )  # type: ignore[arg-type]


def test_the_queue_says_who_must_be_seen_and_why(tmp_path: Path) -> None:
    samples = [
        sample("doubted", for_people=("the final filter doubts: prompt",)),
        sample("inside"),
        sample("outside"),
        sample("disputed"),
        sample("flagged"),
        sample("gone", for_people=("the final filter doubts: prompt",)),
    ]
    found = queue(
        tmp_path,
        samples,
        [item("inside", "text_to_image"), item("outside", "analysis"), item("flagged", "analysis")],
        event("disputed", "accept"),
        event("disputed", "reject", by="@reviewer_02", note="too dark"),
        event("flagged", "flag"),
        event("gone", "reject", note="not a task"),
    )
    assert {name: (case.needed, case.decision, case.why) for name, case in found.items()} == {
        "doubted": (True, "open", ("the final filter doubts: prompt",)),
        "inside": (False, "open", ("it stands in a benchmark split",)),
        "disputed": (True, "disputed", ("people disagree about it",)),
        "flagged": (True, "open", ("a reviewer flagged it",)),
        "gone": (False, "reject", ("the final filter doubts: prompt",)),
    }
    assert found["gone"].note == "not a task"
    assert [name for name, case in found.items() if not case.undecided] == ["gone"]


def test_an_edit_is_shown_as_what_changed(tmp_path: Path) -> None:
    before = sample("one", prompt="a small red house on a hill")
    found = queue(tmp_path, [before], [], event("one", "edit", prompt="a small blue house on a hill"))
    assert found["one"].prompt == "a small blue house on a hill"
    assert found["one"].prompt_before == "a small red house on a hill"
    assert found["one"].prompt_diff == "a small [-red-] {+blue+} house on a hill"


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_a_queue_that_is_filled_in_comes_back(tmp_path: Path, ending: str) -> None:
    shown = picture(tmp_path, 9)
    hostile = '=HYPERLINK("http://x")\n"a",b'
    cases = [
        ReviewCase(sample=name, needed=name == "two", why=("look", "twice"), decision="open", prompt=hostile,
                   output_images=(shown,), post_urls=(FIRST,))
        for name in SAMPLES
    ]  # fmt: skip
    path = tmp_path / "out" / f"queue.{ending}"
    assert export_queue(cases, path, lambda sha256: Path("/store") / sha256) == 3
    text = path.read_text("utf-8-sig")
    if ending == "csv":
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert rows[0]["prompt"] == f"'{hostile}"
        assert rows[0]["output_pictures"] == f"/store/{shown.sha256}"
    else:
        rows = [json.loads(line) for line in text.splitlines()]
        assert rows[0]["prompt"] == hostile
        assert rows[0]["output_pictures"] == [f"/store/{shown.sha256}"]
    assert [row["sample"] for row in rows] == ["two", "one", "three"]
    rows[0].update(action="accept", new_prompt="a house by the sea")
    rows[1].update(action="reject", note="nothing to draw")
    if ending == "csv":
        sheet = io.StringIO(newline="")
        table = csv.DictWriter(sheet, rows[0])
        table.writeheader()
        table.writerows(rows)
        path.write_text(sheet.getvalue(), "utf-8-sig")
    else:
        jsonl(path.parent, *rows, name=path.name)
    done = read(path)
    states = fold_reviews(done.events)
    assert {name: (state.decision, state.prompt) for name, state in states.items()} == {
        "two": ("accept", "a house by the sea"),
        "one": ("reject", None),
    }
    assert all(one.source_posts == SAMPLES[one.sample].source_posts for one in done.events)
    again = read(path, *done.events, now=NOW.replace(hour=20))
    assert (again.added, again.known, again.events) == (0, 3, done.events)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"sample": "four", "action": "accept"}, "there is no sample 'four'"),
        ({"sample": "one", "action": "keep"}, "action: "),
        ({"sample": "one", "action": "edit"}, "an edit needs the new prompt"),
        ({"sample": "one", "action": "edit", "new_prompt": "  "}, "an edit needs the new prompt"),
        ({"sample": "one", "action": "reject", "note": " "}, "a rejection needs its reason"),
        ({"sample": "one", "action": "reject", "note": "x", "new_prompt": "y"}, "new_prompt goes with"),
        ({"sample": "one", "note": "lovely"}, "no action"),
        ({"sample": "one", "action": "accept", "at": "yesterday"}, "at: "),
        ({"sample": "one", "action": "accept", "at": "2025-06-01T10:00:00"}, "at: "),
        ({"sample": "one", "action": "accept", "at": "2035-06-01T10:00:00Z"}, "in the future"),
        ({"sample": 7, "action": "accept"}, "sample: "),
        ({"sample": "one", "acton": "accept"}, "there is no field 'acton'"),
        ({"action": "accept"}, "sample: "),
        ("[1, 2]", "no JSON object"),
        ("{", "no JSON object"),
    ],
)
def test_one_mistake_is_told_with_its_line_and_nothing_is_taken(tmp_path: Path, row: Any, why: str) -> None:
    said = mistakes(jsonl(tmp_path, {"sample": "one", "action": "accept"}, row))
    assert "filled.jsonl:2: " in said
    assert why in said
    assert "1 mistake, so nothing was imported" in said


def test_a_mistake_says_the_column_what_stands_in_it_and_what_may(tmp_path: Path) -> None:
    path = tmp_path / "queue.csv"
    path.write_text('sample,action,note,at\none,accept,"two\nlines",\ntwo,keep,,\nthree,flag,,soon\n')
    said = mistakes(path)
    assert (
        "queue.csv:4 (row 3 of a spreadsheet): action: 'keep' cannot be read; it may be accept, reject, edit, flag or skip"
        in said
    )
    assert (
        "queue.csv:5 (row 4 of a spreadsheet): at: 'soon' cannot be read; it is a time with its zone" in said
    )


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_what_a_spreadsheet_saves_is_read_whatever_its_country(
    tmp_path: Path, mark: str, encoding: str
) -> None:
    rows = [
        ["sample", "action", "note", "prompt", ""],
        ["one", "Reject", "zu dunkel, größer; \u202e\t", "a, b; c", ""],
        ["two", "accept", "", 'say "x"', "", ""],
        ["", "", "", "", ""],
    ]
    sheet = io.StringIO(newline="")
    csv.writer(sheet, delimiter=mark).writerows(rows)
    path = tmp_path / "queue.csv"
    text = sheet.getvalue().removesuffix("\r\n")
    path.write_bytes((codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b"") + text.encode(encoding))
    done = read(path, reviewer=BY)
    assert [(one.sample, one.action) for one in done.events] == [("one", "reject"), ("two", "accept")]
    assert done.events[0].note == "zu dunkel, größer; \u202e"


def test_a_file_without_the_columns_says_what_its_first_line_has_to_name(tmp_path: Path) -> None:
    path = tmp_path / "queue.csv"
    path.write_text("name|action\none|accept\n")
    with pytest.raises(Mistake, match="names no column `sample`"):
        read(path)
    path.write_bytes("sample,action,note\none,reject,zu groß\n".encode("cp1252"))
    with pytest.raises(Mistake, match="CSV UTF-8"):
        read(path)


def test_pictures_are_linked_under_names_that_a_program_opens(tmp_path: Path) -> None:
    shown = picture(tmp_path, 3)
    store = Workspace(tmp_path / "workspace").images
    openable = Openable(store, tmp_path / "out" / "queue.csv")
    found = openable(shown.sha256 or "")
    assert found.suffix == ".png"
    assert found.parent == tmp_path / "out" / "queue.pictures"
    assert found.read_bytes() == store.read(shown.sha256 or "")
    assert openable(shown.sha256 or "") == found
    store.path(shown.sha256 or "").unlink()
    assert not found.exists()
    assert openable(shown.sha256 or "") == store.path(shown.sha256 or "").absolute()


def test_nobody_decides_without_a_name(tmp_path: Path) -> None:
    path = jsonl(tmp_path, {"sample": "one", "action": "accept"})
    assert "nobody is named" in mistakes(path, reviewer="")


def test_many_mistakes_are_counted_and_some_are_shown(tmp_path: Path) -> None:
    path = jsonl(tmp_path, *({"sample": f"no{number}", "action": "accept"} for number in range(50)))
    said = mistakes(path)
    assert "50 mistakes" in said
    assert "and 30 more" in said


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("queue.xlsx", b""),
        ("gone.csv", None),
        ("bytes.csv", b"sample,action\n\xff\xfe,accept\n"),
        ("cells.csv", b'sample,action\n"' + b"x" * 200_000 + b'",accept\n'),
    ],
)
def test_a_file_that_is_no_review_file_is_a_mistake_in_words(
    tmp_path: Path, name: str, data: bytes | None
) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(Mistake):
        read(path)


def test_a_cell_too_many_is_not_swallowed(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("sample,action\none,accept,really\n")
    assert "wide.csv:2: " in mistakes(path)


def test_a_repeated_decision_that_was_overtaken_is_told(tmp_path: Path) -> None:
    yes = jsonl(tmp_path, {"sample": "one", "action": "accept"}, name="yes.jsonl")
    no = jsonl(tmp_path, {"sample": "one", "action": "reject", "note": "no"}, name="no.jsonl")
    first = read(yes)
    second = read(no, *first.events, now=NOW.replace(hour=13))
    third = read(yes, *second.events, now=NOW.replace(hour=14))
    assert (third.added, third.known, third.overtaken) == (0, 1, 1)
    assert fold_reviews(third.events)["one"].decision == "reject"
    timed = jsonl(tmp_path, {"sample": "one", "action": "accept", "at": "2025-06-01T15:00:00+01:00"})
    fourth = read(timed, *third.events, now=NOW.replace(hour=15))
    assert fourth.added == 1
    assert fold_reviews(fourth.events)["one"].decision == "accept"


def test_rows_of_one_file_count_in_their_order(tmp_path: Path) -> None:
    rows = [{"sample": "one", "action": "accept"}, {"sample": "one", "action": "reject", "note": "after all"}]
    assert fold_reviews(read(jsonl(tmp_path, *rows)).events)["one"].decision == "reject"
    assert fold_reviews(read(jsonl(tmp_path, *rows[::-1])).events)["one"].decision == "accept"
