"""The numbers behind the page on complaints and metrics, as CSV."""

from collections.abc import Iterator, Sequence

from echoloop.records import ColorHistogram, Effect, FaultKeyword, Finding
from echoloop.report.beside import Beside
from echoloop.report.complaints import SPLITS, ComplaintRow
from echoloop.report.data_files import Cell, records_csv, rows_csv
from echoloop.report.diagnose import Diagnosis
from echoloop.report.displayed_text import TextDisplay
from echoloop.report.evidence import Evidence
from echoloop.report.pairs import MetricPairs

_COUNTS = ("cluster", "keywords", "remarks", "samples", "of", "share", "low", "high", *SPLITS, "no_item")
_PARTS = ("cluster", "kind", "name", "complaints", "samples", "share", "low", "high")
_BESIDE = (
    "cluster",
    "share",
    "low",
    "high",
    "metric",
    "field",
    "model",
    "effect",
    "effect_low",
    "effect_high",
    "measured",
    "outputs",
    "worse_than",
)
_PAIRS = ("metric", "field", "rank", "value", "model", "item_page", "measured", "share_the_best")
_COLOURS = ("model", "side", "pictures", "channel", "mean", "value", "share")
_CHANNELS = ("red", "green", "blue")


def diagnose_files(evidence: Evidence, found: Diagnosis, display: TextDisplay) -> dict[str, bytes]:
    """A file for every table there is."""
    files: dict[str, bytes] = {}
    rows = found.complaints.rows if found.complaints else None
    if rows is not None:
        files["complaints.csv"] = rows_csv(_COUNTS, _counts(rows), display)
        files["complaints_by_part.csv"] = rows_csv(_PARTS, _parts(rows), display)
        files["complaints_beside_effects.csv"] = rows_csv(_BESIDE, _beside(found.beside), display)
    if found.complaints is not None and evidence.keywords is not None:
        columns = [name for name in FaultKeyword.__struct_fields__ if name not in ("receipt", "source_posts")]
        listed = ([getattr(one, name) for name in columns] for one in found.complaints.keywords)
        files["keywords.csv"] = rows_csv(columns, listed, display)
    if evidence.effects is not None:
        files["effects.csv"] = records_csv(Effect, evidence.effects, display)
    if found.pairs:
        files["pairs_of_metrics.csv"] = rows_csv(_PAIRS, _pairs(found.pairs), display)
    if evidence.histograms is not None:
        files["color_histograms.csv"] = rows_csv(_COLOURS, _colours(evidence.histograms), display)
    for name, table in (
        ("complaints_shown", evidence.complaints_shown),
        ("applicability_agreement", evidence.readers_agree),
    ):
        if table is not None:
            files[f"{name}.csv"] = records_csv(Finding, table, display)
    return files


def _counts(rows: Sequence[ComplaintRow]) -> Iterator[list[Cell]]:
    for row in rows:
        one = row.complaint
        numbers = [one.remarks, one.samples, one.of, one.share, one.low, one.high]
        yield [one.cluster, "; ".join(one.keywords), *numbers, *row.by_split]


def _parts(rows: Sequence[ComplaintRow]) -> Iterator[list[Cell]]:
    for row in rows:
        for part in row.complaint.parts:
            yield [row.complaint.cluster, *(getattr(part, name) for name in _PARTS[1:])]


def _beside(side: Beside) -> Iterator[list[Cell]]:
    for row in side.rows:
        one = row.complaint
        head: list[Cell] = [one.cluster, one.share, one.low, one.high, row.metric, row.field]
        cells = [cell for cell in row.cells if cell is not None]
        if not cells:
            yield [*head, None, None, None, None, None, None, None]
        for cell in cells:
            effect = cell.effect
            yield [
                *head,
                effect.model,
                effect.value,
                effect.low,
                effect.high,
                effect.measured,
                effect.outputs,
                cell.worse,
            ]


def _pairs(metrics: Sequence[MetricPairs]) -> Iterator[list[Cell]]:
    for one in metrics:
        for pair in one.pairs:
            yield [
                one.metric,
                one.field,
                pair.rank,
                pair.value,
                pair.model,
                str(pair.page),
                one.measured,
                one.as_good,
            ]


def _colours(histograms: Sequence[ColorHistogram]) -> Iterator[list[Cell]]:
    for one in histograms:
        for place, channel in enumerate(_CHANNELS):
            mean = one.mean[place] if one.mean else None
            for value, share in enumerate(getattr(one, channel)):
                yield [one.model, one.side, one.pictures, channel, mean, value, share]
