"""Whether several readers agree on which metric means something for which item: the same question, put to each of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import combinations

import msgspec
import numpy as np
import pyarrow as pa

from echoloop.calls import ChatRequest, load_prompt
from echoloop.diagnose.applicability import ApplicabilityAnswer, Case, cases_of, render_case
from echoloop.diagnose.catalogue import open_metrics
from echoloop.engine import Desk, Question, Rendering, Stage, call_fields
from echoloop.records import Answered, Applicability, Finding, Item, Keep
from echoloop.records.arrow import from_table
from echoloop.statistics import percentile_interval, resampling_weights, weighted_kappa

OPINIONS, AGREEMENT = "applicability_opinions", "applicability_agreement"
RAW, KAPPA, ANSWERED = "same answer", "Cohen's kappa", "answered"
_FORMULAS = {
    RAW: "share of the questions that both answered on which they say the same; interval over items",
    KAPPA: "agreement beyond what their own shares of yes would give by chance; interval over items",
    ANSWERED: "share of the questions that got an answer",
}


class AgreementSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asked, about which metrics, and about how many items at most (drawn by the hash of their ids)."""

    readers: tuple[str, ...]
    metrics: tuple[str, ...] = ()
    items: int = 200
    resamples: int = 1000
    seed: int = 0


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """One question to one reader."""

    reader: str
    case: Case

    @property
    def source_posts(self) -> tuple[str, ...]:
        """The posts the prompt came from."""
        return self.case.source_posts


def agreement_stages(settings: AgreementSettings) -> list[Stage]:
    """Ask everybody, then compare."""
    return [
        Stage(
            act="diagnose",
            name=OPINIONS,
            does="ask several readers which metric means something for which item",
            reads=("items",),
            writes=Applicability,
            run=ask_everybody,
            settings=settings,
            prompts=(
                load_prompt("echoloop.diagnose", "applicability"),
                *(metric.description() for metric in open_metrics(settings.metrics)),
            ),
            endpoints=settings.readers,
        ),
        Stage(
            act="diagnose",
            name=AGREEMENT,
            does="see how far they agree",
            reads=(OPINIONS,),
            writes=Finding,
            run=compare_opinions,
            settings=settings,
        ),
    ]


def ask_everybody(desk: Desk[AgreementSettings], items: pa.Table) -> Iterator[Keep[Applicability]]:
    """Every metric for every item that was drawn. Who answered this question before is answered from the receipt."""
    settings = desk.settings
    cases = cases_of(_drawn(from_table(items, Item), settings.items), open_metrics(settings.metrics))
    question = Question[Opinion, ApplicabilityAnswer](
        stage=OPINIONS,
        endpoint=_reader_of,
        render=_render,
        reads=ApplicabilityAnswer,
        prompt=load_prompt("echoloop.diagnose", "applicability"),
    )
    rows = [Opinion(reader=reader, case=case) for reader in settings.readers for case in cases]
    for asked in desk.ask(rows, question):
        answer = asked.answer.value if isinstance(asked.answer, Answered) else None
        yield Keep(
            Applicability(
                item=asked.row.case.item.id,
                metric=asked.row.case.metric,
                reader=asked.row.reader,
                applies=answer.applies if answer else None,
                rationale=answer.rationale if answer else "",
                source_posts=asked.row.source_posts,
                **call_fields(asked),
            )
        )


def _drawn(items: Sequence[Item], count: int) -> list[Item]:
    benchmark = [item for item in items if item.split != "analysis"]
    return sorted(benchmark, key=lambda item: sha256(f"agreement {item.id}".encode()).hexdigest())[:count]


def _reader_of(row: Opinion) -> str:
    return row.reader


def _render(row: Opinion, rendering: Rendering) -> ChatRequest:
    return render_case(row.case, rendering)


def compare_opinions(desk: Desk[AgreementSettings], opinions: pa.Table) -> Iterator[Keep[Finding]]:
    """Each pair of readers, over all metrics together and metric by metric; and how much each answered."""
    said: defaultdict[str, dict[tuple[str, str], bool | None]] = defaultdict(dict)
    for row in from_table(opinions, Applicability):
        said[row.reader][row.metric, row.item] = row.applies
    for reader in desk.settings.readers:
        yield Keep(_answered(reader, said[reader]))
    for one, other in combinations(desk.settings.readers, 2):
        both = [
            (metric, item, said[one][metric, item], said[other][metric, item])
            for metric, item in sorted(said[one].keys() & said[other].keys())
        ]
        pair = f"{one} | {other}"
        for metric in ("all metrics", *sorted({metric for metric, *_ in both})):
            own = [
                (item, bool(first), bool(second))
                for name, item, first, second in both
                if metric in ("all metrics", name) and first is not None and second is not None
            ]
            for finding in agreement_of(own, metric, pair, desk.settings):
                yield Keep(finding)


def _answered(reader: str, said: dict[tuple[str, str], bool | None]) -> Finding:
    given = sum(one is not None for one in said.values())
    return Finding(
        split="all metrics",
        measure=ANSWERED,
        about=reader,
        value=given / len(said) if said else None,
        n=len(said),
        formula=_FORMULAS[ANSWERED],
        alarm=given < len(said),
        reason="" if said else "was asked nothing",
    )


def agreement_of(
    answers: Sequence[tuple[str, bool, bool]], metric: str, pair: str, settings: AgreementSettings
) -> Iterator[Finding]:
    """Raw agreement and kappa of (item, one's answer, the other's), with intervals over items."""
    tables = _tables_by_item(answers)
    weights = resampling_weights(len(tables), settings.resamples, settings.seed)
    drawn = np.tensordot(weights, tables, axes=1)
    for measure, statistic in ((RAW, _same), (KAPPA, weighted_kappa)):
        value = float(statistic(tables.sum(axis=0)[None])[0])
        low, high = (float(bound[0]) for bound in percentile_interval(statistic(drawn)[:, None]))
        sure = np.isfinite(value) and len(tables) > 1
        yield Finding(
            split=metric,
            measure=measure,
            about=pair,
            value=value if np.isfinite(value) else None,
            low=low if sure and np.isfinite(low) else None,
            high=high if sure and np.isfinite(high) else None,
            n=len(answers),
            formula=_FORMULAS[measure],
            reason=_why_none(value, len(answers)),
        )


def _tables_by_item(answers: Sequence[tuple[str, bool, bool]]) -> np.ndarray:
    """Item x one's answer x the other's: questions about one item are drawn together."""
    place = {item: number for number, item in enumerate(sorted({item for item, *_ in answers}))}
    tables = np.zeros((len(place), 2, 2))
    for item, first, second in answers:
        tables[place[item], int(first), int(second)] += 1
    return tables


def _same(tables: np.ndarray) -> np.ndarray:
    total = tables.sum(axis=(-2, -1))
    return np.divide(
        np.trace(tables, axis1=-2, axis2=-1), total, out=np.full(total.shape, np.nan), where=total > 0
    )


def _why_none(value: float, questions: int) -> str:
    if np.isfinite(value):
        return ""
    return (
        "both say the same of everything: nothing but chance"
        if questions
        else "no question that both answered"
    )
