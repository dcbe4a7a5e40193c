"""Months follow each other in a figure as they do in the calendar, and each says of how many samples it speaks."""

from echoloop.records import Complaint, ComplaintPart
from echoloop.report.beside import beside
from echoloop.report.diagnose_figures import diagnose_figures
from echoloop.report.displayed_text import TextDisplay


def complaint(**samples: int) -> Complaint:
    """By month, as `m2025_01=4`."""
    return Complaint(
        cluster="yellow tint",
        keywords=("yellow tint",),
        remarks=1,
        samples=1,
        of=9,
        share=1 / 9,
        low=0.02,
        high=0.4,
        parts=tuple(
            ComplaintPart(
                kind="month",
                name=name[1:].replace("_", "-"),
                complaints=1,
                samples=count,
                share=1 / count,
                low=0.01,
                high=0.9,
            )
            for name, count in samples.items()
        ),
    )


def drawn(complaint: Complaint) -> dict[str, bytes]:
    return dict(diagnose_figures([complaint], [], beside([], []), TextDisplay()))


def test_a_month_of_which_nobody_spoke_is_a_gap_and_no_zero() -> None:
    svg = drawn(complaint(m2024_12=4, m2025_02=7))["complaints_by_month.svg"].decode()
    for said in ("2024-12 (4)", "2025-01 (0)", "2025-02 (7)"):
        assert said in svg


def test_a_post_from_long_ago_makes_no_endless_figure() -> None:
    svg = drawn(complaint(m1970_01=1, m2025_02=7))["complaints_by_month.svg"].decode()
    assert "2025-02 (7)" in svg
    assert "1970-01 (" not in svg
    assert "the last 36 months" in svg
    assert svg.count("(0)") == 35


def test_one_month_is_no_trend() -> None:
    assert "complaints_by_month.svg" not in drawn(complaint(m2024_12=4))
