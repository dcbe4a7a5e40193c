"""Findings through templates to pages. Every text is escaped, and shown as `TextDisplay` says."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from echoloop.report.choosing import drawn_at_random, most_disputed, worst
from echoloop.report.diagnose import Diagnosis
from echoloop.report.displayed_text import TextDisplay
from echoloop.report.evidence import Evidence
from echoloop.report.folder import DraftFolder
from echoloop.report.judge import Judging
from echoloop.report.leaderboards import Board
from echoloop.report.losses import FunnelGroup
from echoloop.report.planted import PlantedPart
from echoloop.report.samples import SamplePage
from echoloop.report.wording import filters

PER_PAGE = 48
CHOSEN = 24
ON_INDEX = 6
COMPLAINTS_SHOWN = 16


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """All that the pages say. `data` are names of files that were written, `figures` the suffixes of each figure by its name."""

    subject: str
    evidence: Evidence
    boards: list[Board]
    judging: Judging
    funnel: list[FunnelGroup]
    diagnosis: Diagnosis
    planted: list[PlantedPart]
    samples: list[SamplePage]
    data: list[str]
    figures: dict[str, list[str]]


class Gallery(msgspec.Struct, frozen=True, kw_only=True):
    """One page of thumbnails. `notes` gives a card's reason for being here, by item."""

    page: str
    title: str
    lead: str
    samples: Sequence[SamplePage]
    notes: dict[str, str] = {}
    turn: tuple[str, ...] = ()


def write_pages(draft: DraftFolder, findings: Findings, display: TextDisplay) -> None:
    """index.html, the galleries, and one page an item."""
    environment = _environment(display)
    frame = {
        "subject": findings.subject,
        "has_samples": bool(findings.samples),
        "has_standings": findings.evidence.standings is not None,
        "has_diagnosis": findings.diagnosis.anything,
    }

    def put(page: str, template: str, context: dict[str, Any]) -> None:
        text = environment.get_template(template).render(page=page, **frame, **context)
        draft.write(page, text.encode())

    put("index.html", "index.html", _index(findings))
    if findings.evidence.standings is not None:
        put("judging.html", "judging.html", {"root": "", "judging": findings.judging})
    if findings.diagnosis.anything:
        context = {"root": "", "found": findings.diagnosis, "figures": findings.figures}
        put("diagnose.html", "diagnose.html", context)
    for gallery in _galleries(findings.samples):
        put(gallery.page, "gallery.html", {"root": "", "gallery": gallery})
    turns = zip([None, *findings.samples[:-1]], findings.samples, [*findings.samples[1:], None], strict=False)
    for before, sample, after in turns if findings.samples else ():
        put(
            f"samples/{sample.page}",
            "sample.html",
            {
                "root": "../",
                "sample": sample,
                "before": before,
                "after": after,
                "evidence": findings.evidence,
            },
        )


def _index(findings: Findings) -> dict[str, Any]:
    evidence = findings.evidence
    outputs, verdicts = evidence.outputs or (), evidence.verdicts or ()
    return {
        "root": "",
        "findings": findings,
        "evidence": evidence,
        "models": len({output.model for output in outputs}),
        "judges": len({one.judge for one in (*verdicts, *(evidence.comparisons or ()))}),
        "benchmark_items": sum(item.split != "analysis" for item in evidence.items or ()),
        "complaints": findings.diagnosis.complaints,
        "effects": [group for group in findings.diagnosis.groups or () if group.first],
        "drawn": drawn_at_random(findings.samples, ON_INDEX),
        "shown_complaints": COMPLAINTS_SHOWN,
        "checks_held": sum(part.held for part in findings.planted),
        "checks_broken": sum(part.broken for part in findings.planted),
        "checks_shown": sum(part.shown for part in findings.planted),
    }


def _galleries(samples: Sequence[SamplePage]) -> Iterator[Gallery]:
    """All items page by page, then three choices, each saying how it was chosen."""
    starts = range(0, max(len(samples), 1), PER_PAGE)
    turn = tuple("gallery.html" if not start else f"gallery-{start // PER_PAGE + 1}.html" for start in starts)
    for page, start in zip(turn, starts, strict=True):
        own = samples[start : start + PER_PAGE]
        lead = f"Items {start + 1} to {start + len(own)} of {len(samples)}, none left out." if own else ""
        yield Gallery(page=page, title="All items", lead=lead, samples=own, turn=turn)
    yield Gallery(
        page="random.html",
        title="A random draw",
        lead="Drawn by the hash of each item's id: nobody chose these.",
        samples=drawn_at_random(samples, CHOSEN),
    )
    lowest = worst(samples, CHOSEN)
    yield Gallery(
        page="worst.html",
        title="The worst",
        lead="Chosen for the lowest mean score over all models and judges. Not typical.",
        samples=[page for page, _ in lowest],
        notes={page.item.id: f"mean score {mean:.2f}" for page, mean in lowest},
    )
    disputed = most_disputed(samples, CHOSEN)
    yield Gallery(
        page="disputed.html",
        title="The most disputed",
        lead="Chosen because the judges differ most on the same pictures, after each judge's own mean is taken away. "
        "Not typical.",
        samples=[page for page, _ in disputed],
        notes={page.item.id: f"judges differ by {spread:.2f} on average" for page, spread in disputed},
    )


def _environment(display: TextDisplay) -> Environment:
    environment = Environment(
        loader=PackageLoader("echoloop.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=display.show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters(display))
    return environment
