"""People's rankings come in whole or not at all, and say exactly what was ranked."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from judged import MODELS, benchmark, ranking

from echoloop.judge import import_rankings, latest_rankings, ranking_form, rankings_file
from echoloop.judge.rankings import ImportedRankings
from echoloop.records import Item, Mistake, Ranking

NOW = datetime(2025, 6, 1, tzinfo=UTC)


def items() -> dict[str, Item]:
    return {
        f"i{number}": Item(id=f"i{number}", split="text_to_image", sample="s", prompt="=paint", quality="Benchmark")
        for number in range(3)
    }  # fmt: skip


def read(path: Path, text: str, before: tuple[Ranking, ...] = (), rater: str = "") -> ImportedRankings:
    path.write_text(text, "utf-8")
    return import_rankings(path, items(), MODELS, before, rater=rater, now=NOW)


def test_ties_gaps_and_the_unrankable_are_taken_as_they_are(tmp_path: Path) -> None:
    text = (
        "item,rater,alder,birch,cedar,unrankable,reason\n"
        "i0,@rater_01,1,1,3,,\n"
        "i1,@rater_01,2,,1,,\n"
        "i2,@rater_01,,,,yes,both are blank\n"
    )
    found = read(tmp_path / "form.csv", text).rankings
    assert [{one.model: one.rank for one in row.ranks} for row in found] == [
        {"alder": 1, "birch": 1, "cedar": 3},
        {"alder": 2, "cedar": 1},
        {},
    ]
    assert [row.unrankable for row in found] == [False, False, True]
    assert found[2].reason == "both are blank"


def test_empty_rows_are_not_rankings_and_reading_twice_adds_nothing(tmp_path: Path) -> None:
    text = "item;rater;alder;birch;cedar\ni0;;1;2;-\ni1;;;;\n"
    first = read(tmp_path / "form.csv", text, rater="@rater_02")
    assert (first.added, first.known) == (1, 0)
    again = read(tmp_path / "form.csv", text, before=first.rankings, rater="@rater_02")
    assert (again.added, again.known) == (0, 1)


def test_a_second_thought_counts_and_the_first_is_kept(tmp_path: Path) -> None:
    early = '{"item": "i0", "rater": "a", "ranks": {"alder": 1, "birch": 2}, "at": "2025-05-01T00:00:00Z"}\n'
    late = '{"item": "i0", "rater": "a", "ranks": {"alder": 2, "birch": 1}, "at": "2025-05-02T00:00:00Z"}\n'
    first = read(tmp_path / "r.jsonl", early)
    both = read(tmp_path / "r.jsonl", late, before=first.rankings)
    assert (both.added, both.replaced, len(both.rankings)) == (1, 1, 2)
    last = latest_rankings(both.rankings)
    assert [{one.model: one.rank for one in row.ranks} for row in last] == [{"alder": 2, "birch": 1}]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            '{"item": "i9", "rater": "a", "ranks": {"alder": 1, "birch": 2}}',
            "r.jsonl:1: there is no item 'i9'",
        ),
        ('{"item": "i0", "ranks": {"alder": 1, "birch": 2}}', "nobody is named as rater"),
        ('{"item": "i0", "rater": "a", "ranks": {"alder": 1, "elder": 2}}', "there is no model 'elder'"),
        ('{"item": "i0", "rater": "a", "ranks": {"alder": 0, "birch": 2}}', "places go from 1 to 3, got 0"),
        ('{"item": "i0", "rater": "a", "ranks": {"alder": 99, "birch": 2}}', "places go from 1 to 3, got 99"),
        (
            '{"item": "i0", "rater": "a", "ranks": {"alder": 1, "birch": 2}, "unrankable": true}',
            "both ranked and",
        ),
        ('{"item": "i0", "rater": "a", "ranks": {"alder": 1.5, "birch": 2}}', "ranks.alder"),
        ('{"item": "i0", "rater": "a", "ranks": {"alder": true, "birch": 2}}', "ranks.alder"),
        ('{"item": "i0", "rater": "a", "ranks": {"alder": 1}}', "one model alone is no order"),
        ('{"item": "i0", "rater": "a", "ranks": ["alder"]}', "ranks"),
        ('{"item": "i0", "rater": "a", "places": {}}', "there is no field 'places'"),
        ('["i0"]', "no JSON object"),
        ("{nonsense", "no JSON object"),
        ('{"item": "i0", "rater": "a", "unrankable": "perhaps"}', "unrankable"),
        ('{"item": "i0", "rater": "a", "unrankable": true, "at": "2099-01-01T00:00:00Z"}', "in the future"),
    ],
)
def test_one_mistake_and_nothing_is_taken(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(Mistake) as mistake:
        read(tmp_path / "r.jsonl", line)
    assert said in str(mistake.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("r.csv", "item,rater,elder\ni0,a,1\n", "there is no model 'elder'"),
        ("r.csv", "thing,alder\n", "no model 'thing'"),
        ("r.csv", "alder,birch\n1,2\n", "no column 'item'"),
        ("r.csv", "item,rater,alder,birch\ni0,a,1,2,3\n", "r.csv:2"),
        ("r.xlsx", "", ".jsonl or .csv"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(Mistake) as mistake:
        read(tmp_path / name, text)
    assert said in str(mistake.value)


def test_a_model_without_a_picture_cannot_be_ranked(tmp_path: Path) -> None:
    (tmp_path / "form.csv").write_text("item,rater,alder,birch,cedar\ni0,a,1,2,3\n")
    there = {("i0", "alder"), ("i0", "birch")}
    with pytest.raises(Mistake, match="cedar: there is no picture of it to rank"):
        import_rankings(tmp_path / "form.csv", items(), MODELS, (), there, now=NOW)


def test_the_same_person_twice_in_one_file_is_a_second_thought(tmp_path: Path) -> None:
    text = "item,rater,alder,birch,cedar\ni0,a,1,2,3\ni0,a,3,2,1\n"
    found = read(tmp_path / "form.csv", text)
    assert (found.added, found.replaced, len(latest_rankings(found.rankings))) == (2, 1, 1)


def test_the_form_asks_only_for_what_can_be_ranked_and_is_inert(tmp_path: Path) -> None:
    states = {(1, "alder"): "failed", (2, "alder"): "refused", (2, "birch"): "failed"}
    outputs = benchmark(tmp_path, items=3, states=states)["outputs"][1]
    form = ranking_form(list(items().values()), outputs, MODELS).decode("utf-8-sig")
    assert form.splitlines() == [
        "item,rater,prompt,alder,birch,cedar,unrankable,reason",
        "i0,,'=paint,,,,,",
        "i1,,'=paint,-,,,,",
    ]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    rows = [ranking("i0", "a", {"alder": 1, "birch": 2}), ranking("i1", "a", {"cedar": 1, "birch": 1})]
    again = read(tmp_path / "r.jsonl", rankings_file(rows).decode())
    assert [(row.item, row.ranks, row.at) for row in again.rankings] == [
        (row.item, tuple(sorted(row.ranks, key=lambda one: one.model)), row.at) for row in rows
    ]
