"""The page on complaints and metrics: what was said, what was measured, what is beside what, and what hostile names must not do."""

import csv
from pathlib import Path

import pytest
from page_reading import Page

from echoloop.records import FeedbackLabel
from echoloop.records.arrow import to_table
from echoloop.report import write_report
from echoloop.workspace import Origin, Workspace


@pytest.fixture(scope="module")
def report(read_only_workspace: Workspace) -> Path:
    return write_report(read_only_workspace, "GPT-4o").parent


@pytest.fixture(scope="module")
def page(report: Path) -> Page:
    return Page(report / "diagnose.html")


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_every_page_links_to_it(report: Path) -> None:
    assert any(one["href"] == "diagnose.html" for one in Page(report / "index.html").of("a"))
    assert any(one["href"] == "../diagnose.html" for one in Page(report / "samples" / "item0.html").of("a"))


def test_complaints_stand_with_months_and_tasks(page: Page) -> None:
    assert "yellow $tint$ 黄 2 67 % (10 – 90)" in page.text
    assert "2025-03 2 samples 2025-04 2 samples no date 2 samples" in page.text
    assert "50 % 10 – 90" in page.text


def test_people_are_quoted_without_handles_and_without_markup(page: Page) -> None:
    assert "alert(1)" in page.text
    assert not [attributes for attributes in page.of("script") if "src" not in attributes]
    assert "brush.lover_7" not in page.path.read_text("utf-8")
    assert "\u202e" not in page.path.read_text("utf-8")


def test_ways_round_a_fault_are_quoted_once_and_as_text(workspace: Workspace) -> None:
    said = "<script>alert(1)</script> open a new chat, says @brush.lover_7"
    labels = [
        FeedbackLabel(
            id=f"w{number}",
            sample=f"s{number}",
            post_url=f"https://x.com/i/status/{number}",
            text=said,
            polarity="neither",
            kind="solution",
            state="answered",
        )
        for number in range(2)
    ]
    workspace.tables.write(
        "feedback", to_table(labels, FeedbackLabel), FeedbackLabel, Origin(act="diagnose", position=400)
    )
    page = Page(write_report(workspace, "GPT-4o").parent / "diagnose.html")
    assert "Ways round a fault 2 remarks, 1 of them here" in page.text
    assert "open a new chat, says [handle]" in page.text
    assert not [attributes for attributes in page.of("script") if "src" not in attributes]
    assert "Questions to the model itself" not in page.text


def test_a_complaint_is_beside_what_was_measured_of_it(page: Page) -> None:
    assert "yellow $tint$ 黄 color shift, delta b 67 % +4.00 1 of 4 +4.00 1 of 4 not measured" in page.text
    assert "no metric answers it" in page.text
    assert "not measured: too few: 1 metrics were measured" in page.text


def test_coverage_reasons_and_agreement_are_said(page: Page) -> None:
    assert "color shift 1 2 1 refused" in page.text
    assert "yes: " in page.text
    assert "one | other all metrics 0.50 0.20 … 0.70 – 9" in page.text
    assert "no output: refused: 1" in page.text


def test_best_median_and_worst_are_shown_with_their_inputs(page: Page) -> None:
    for said in ("best, @lab/ochre 0", "median, @lab/ochre 2", "worst, @lab/ochre 3", "4 results"):
        assert said in page.text
    linked = [one["href"] for one in page.of("a") if one["href"].startswith("samples/")]
    assert linked == ["samples/item0.html", "samples/item2.html", "samples/item3.html"]


@pytest.mark.parametrize(
    "name",
    [
        "complaints",
        "complaints_by_month",
        "word_cloud",
        "metric_bars",
        "complaints_beside_effects",
        "color_histograms",
        "color_overlay",
        "metric_pairs",
    ],
)
def test_every_figure_is_there_in_three_forms(report: Path, name: str) -> None:
    for suffix in ("svg", "pdf", "png"):
        assert (report / "figures" / f"{name}.{suffix}").stat().st_size > 500


def test_numbers_of_every_figure_lie_beside_it_and_run_nowhere(report: Path) -> None:
    names = (
        "complaints",
        "complaints_by_part",
        "keywords",
        "complaints_beside_effects",
        "effects",
        "pairs_of_metrics",
        "color_histograms",
        "complaints_shown",
        "applicability_agreement",
    )
    for name in names:
        rows = table(report / "data" / f"{name}.csv")
        assert rows, name
        assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "@", "\t")], name
    keywords = table(report / "data" / "keywords.csv")
    assert "brush.lover_7" not in str(keywords)
    assert len(table(report / "data" / "color_histograms.csv")) == 3 * 2 * 3 * 256


def test_remarks_without_a_taxonomy_say_what_makes_one(workspace: Workspace) -> None:
    for name in (
        "keywords",
        "complaints",
        "complaints_shown",
        "color_histograms",
        "measurements",
        "applicability",
    ):
        workspace.tables.remove(name)
    page = Page(write_report(workspace, "GPT-4o").parent / "diagnose.html")
    assert "There is no table complaints yet. echoloop diagnose makes it." in page.text
    assert "There is no table applicability yet." in page.text
    assert "+4.00 +3.00 … +5.00" in page.text


def test_without_any_of_it_there_is_no_page(empty_workspace: Workspace) -> None:
    index = write_report(empty_workspace, "GPT-4o")
    assert not (index.parent / "diagnose.html").exists()
    assert "diagnose.html" not in index.read_text("utf-8")
