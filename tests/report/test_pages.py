"""What a reader finds on the pages, and what a hostile text must not do to them."""

import csv
import re
from pathlib import Path

import msgspec
import pytest
from page_reading import Page

from echoloop.report import write_report
from echoloop.workspace import Workspace

CHECKS = (
    ("curation", f"{'prompts: precision':<44}{'0.991':>8}  {'>= 0.95':<8} planted 260, recovered 258", True),
    ("curation", f"{'boxes: recall':<44}{'0.871':>8}  {'>= 0.9':<8} planted 31", False),
    ("held out", "a line without columns <b>", None),
)


@pytest.fixture(scope="module")
def report(read_only_workspace: Workspace) -> Path:
    return write_report(read_only_workspace, "GPT-4o", CHECKS).parent


def pages(report: Path) -> list[Page]:
    return [Page(path) for path in sorted(report.rglob("*.html"))]


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_no_page_holds_inline_script_or_style(report: Path) -> None:
    for page in pages(report):
        policy = [one["content"] for one in page.of("meta") if one.get("http-equiv")]
        assert len(policy) == 1
        assert policy[0].startswith("default-src 'self'")
        assert [one["src"] for one in page.of("script")] == [
            ("../" if page.path.parent.name == "samples" else "") + "assets/report.js"
        ]
        assert not page.of("style")
        for tag, attributes in page.elements:
            assert not [name for name in attributes if name.startswith("on") or name == "style"], tag


def test_every_local_link_and_picture_is_there(report: Path) -> None:
    ids = {page.path: {one["id"] for _, one in page.elements if "id" in one} for page in pages(report)}
    for page in pages(report):
        for _, attributes in page.elements:
            for target in (attributes.get("href"), attributes.get("src")):
                if target is None or target.startswith("https://x.com/i/status/"):
                    continue
                file, _, place = target.partition("#")
                path = (page.path.parent / file).resolve() if file else page.path
                assert path.is_file(), f"{target} in {page.path.name}"
                if place:
                    assert place in ids[path], f"{target} in {page.path.name}"


def test_pictures_are_small_copies_and_never_the_original_bytes(
    report: Path, read_only_workspace: Workspace
) -> None:
    shown = list((report / "pictures").rglob("*.*"))
    assert len(shown) == 9  # 2 inputs, 8 answers, one of them lost
    for path in shown:
        assert path.read_bytes().startswith(b"\xff\xd8\xff")
        assert path.read_bytes() != read_only_workspace.images.read(path.stem)


def test_reversing_and_invisible_characters_are_spelt_out(report: Path) -> None:
    page = Page(report / "samples" / "item1.html")
    assert "[U+202E]gnp.exe[U+202C] [U+2066]hidden[U+2069]" in page.text
    for one in pages(report):
        assert not re.search("[\u202a-\u202e\u2066-\u2069\ud800-\udfff]", one.path.read_text("utf-8"))


def test_a_huge_text_is_whole_but_folded_away(report: Path) -> None:
    page = Page(report / "samples" / "item2.html")
    assert "The whole text, 25," in page.text
    assert "🎨" * 25_000 in page.words
    assert "🎨" * 1000 not in Page(report / "gallery.html").words


def test_no_handle_is_on_any_page_or_in_any_file(report: Path) -> None:
    for path in report.rglob("*"):
        if path.suffix in (".html", ".csv", ".json", ".svg"):
            text = path.read_text("utf-8")
            assert "painter_fan_01" not in text, path
            assert "brush.lover_7" not in text, path


def test_a_sample_shows_every_answer_or_the_reason_there_is_none(report: Path) -> None:
    first, last = Page(report / "samples" / "item0.html"), Page(report / "samples" / "item3.html")
    assert "Edited: this prompt is not word for word" in first.text
    assert "Edited: this prompt" not in last.text
    assert "refused: against the studio's rules" in first.text
    assert "No picture, so nothing was judged." in first.text
    assert "no score, unparsed: no [[score]] in the answer" in first.text
    assert "gone from the platform" in first.text
    assert "the picture is not in the image store" in last.text
    assert "read as a complaint: yellow" in first.text
    assert "not read, refused" in last.text


def test_the_headline_does_not_claim_a_lead_that_the_ranks_do_not_give(report: Path) -> None:
    text = Page(report / "index.html").text
    assert (
        "@lab/ochre has the highest win rate, 0.750 (0.600 – 0.900) , and shares the first place with" in text
    )
    assert "no rate: never compared with another model" in text


def test_the_funnel_says_what_left_and_why(report: Path) -> None:
    text = Page(report / "index.html").text
    assert "posts collect, posts 13 9 4 not the URL of a post 3" in text
    assert "outputs generate, outputs 12 12 0 kept, refused 4" in text
    rows = table(report / "data" / "funnel.csv")
    assert [row["rows"] for row in rows if row["stage"] == "verdicts"] == ["16", "4"]


def test_effects_stand_with_their_interval_and_what_was_not_measured(report: Path) -> None:
    text = Page(report / "index.html").text
    assert "+4.00 +3.00 … +5.00" in text
    assert "not measured: no output could be measured" in text
    assert "no output: refused: 1" in text


def test_complaints_are_counted_and_unread_remarks_are_not_hidden(report: Path) -> None:
    text = Page(report / "index.html").text
    assert "4 remarks: 3 complaints, 0 praise, 0 neither, 1 not read (refused)" in text
    assert "yellow $tint$ 黄 2 67 % (10 – 90) 1 1 0 2" in text


def test_planted_lines_are_sorted_into_held_broken_and_shown(report: Path) -> None:
    text = Page(report / "index.html").text
    assert "1 of 2 bounds hold, 1 does not ; 1 more line is shown without counting" in text
    assert "✓ holds prompts: precision 0.991 >= 0.95 planted 260, recovered 258" in text
    assert "· shown a line without columns <b>" in text


def test_choices_say_how_they_were_chosen(report: Path) -> None:
    worst = Page(report / "worst.html")
    assert "lowest mean score" in worst.text
    assert worst.text.index("mean score 3.00") < worst.text.index("mean score 5.00")
    assert "Drawn by the hash" in Page(report / "random.html").text


def test_data_files_keep_absence_and_disarm_formulas(report: Path) -> None:
    rows = msgspec.json.decode((report / "data" / "leaderboard.json").read_bytes())
    assert {row["rate"] for row in rows if row["model"] == "garnet"} == {None}
    complaints = table(report / "data" / "complaints.csv")
    assert [row["cluster"] for row in complaints][1].startswith("'=cmd")
    assert {path.suffix for path in (report / "figures").iterdir()} == {".svg", ".pdf", ".png"}
    assert "Disallow: /" in (report / "robots.txt").read_text()


def test_without_tables_the_page_says_which_act_makes_them(empty_workspace: Workspace) -> None:
    index = Page(write_report(empty_workspace, "GPT-4o"))
    for table in ("standings", "items", "feedback", "effects"):
        assert f"There is no table {table} yet." in index.text
    assert "not made yet" in index.text
    assert "win rate of" not in index.text


def test_a_half_made_run_shows_what_there_is(workspace: Workspace) -> None:
    for table in ("verdicts", "comparisons", "standings", "feedback", "keywords", "complaints", "effects"):
        workspace.tables.remove(table)
    report = write_report(workspace, "GPT-4o").parent
    assert "There is no table standings yet." in Page(report / "index.html").text
    sample = Page(report / "samples" / "item0.html").text
    assert "Not judged yet: echoloop judge does it." in sample
    assert "not read yet: echoloop diagnose does it" in sample
    assert "no item has the scores this choice needs" in Page(report / "worst.html").text


def test_the_front_page_shows_our_rule_and_the_page_on_judging_all_of_them(report: Path) -> None:
    front, judging = Page(report / "index.html"), Page(report / "judging.html")
    assert "released code" not in front.text
    assert "released code" in judging.text
    assert "half of 3 models" in judging.text
    assert "To look at before you trust a rank" in judging.text
    assert "not measured: <b>asked nothing</b>" in judging.text
    assert "never met" in judging.text
    assert "language=ja" in judging.text


def test_figures_of_judging_are_drawn_and_their_numbers_lie_beside_them(report: Path) -> None:
    for name in ("win_rates.pdf", "pairs_text_to_image.svg", "agreement_tau.svg", "qualitative_grid.png"):
        assert (report / "figures" / name).stat().st_size > 1_000
    assert len(table(report / "data" / "pairs.csv")) == 6
    assert [row["measure"] for row in table(report / "data" / "findings.csv")] == ["grades given"] * 2


def test_a_sample_shows_what_judges_said_of_two_pictures_at_a_time(report: Path) -> None:
    page = Page(report / "samples" / "item0.html")
    assert "Two at a time, in both orders: 4 choices" in page.text
    assert "no choice, unparsed: no [[A]], [[B]] or [[tie]] in the answer" in page.text
    assert page.text.count("the first one") >= 4


def test_words_in_which_no_score_could_be_read_are_shown(report: Path) -> None:
    assert "splendid" in Page(report / "samples" / "item0.html").text


def test_judged_by_pairs_alone_is_judged(workspace: Workspace) -> None:
    """Without grades a page may not say that nobody has judged yet."""
    workspace.tables.remove("verdicts")
    page = Page(write_report(workspace, "GPT-4o").parent / "samples" / "item0.html")
    assert "Not judged yet" not in page.text
    assert "judges saw two pictures at a time" in page.text
