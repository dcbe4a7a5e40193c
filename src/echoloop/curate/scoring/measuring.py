"""The figures of a stage: counts a conversation, folded into one number, resampled by conversation for its interval."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Literal, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from echoloop.curate.scoring.counting import QUALITIES, ROLES, Tally, count_relevance, count_samples
from echoloop.curate.scoring.gold import LabelledThread
from echoloop.records import Sample
from echoloop.statistics import percentile_interval, resampling_weights
from echoloop.statistics.agreement import f1, ratio, weighted_kappa

StageName: TypeAlias = Literal["relevance", "extraction", "pictures", "screenshots"]
STAGES: tuple[StageName, ...] = ("relevance", "extraction", "pictures", "screenshots")
Floats: TypeAlias = NDArray[np.float64]
_RESAMPLES = 1_000
_OUTSIDE = 0.025


class AnnotatorScore(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of one endpoint in one stage. `value` is None where it could not be measured, and `reason` says why.

    `low` and `high` bound 95 % of the figures over resampled conversations; `low` is never above what that many can show. `headline` marks the figure a stage is chosen by.
    `calls`, `answered` and `price` (US dollars for 1,000 posts, None: unknown) are of the stage.
    """

    KEY: ClassVar[tuple[str, ...]] = ("stage", "endpoint", "measure")

    stage: str
    endpoint: str
    model: str = ""
    measure: str
    headline: bool = False
    value: float | None
    low: float | None = None
    high: float | None = None
    precision: float | None = None
    recall: float | None = None
    threads: int = 0
    calls: int = 0
    answered: int = 0
    price: float | None = None
    reason: str = ""


class Confusion(msgspec.Struct, frozen=True, kw_only=True):
    """How often people said one and the endpoint another."""

    KEY: ClassVar[tuple[str, ...]] = ("stage", "endpoint", "labelled", "found")

    stage: str
    endpoint: str
    labelled: str
    found: str
    count: int


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one stage, without whose they are; `confusion` counts (labelled, found)."""

    figures: tuple[AnnotatorScore, ...]
    confusion: tuple[tuple[str, str, int], ...] = ()


class _Figure(msgspec.Struct, frozen=True, kw_only=True):
    measure: str
    fold: Callable[[Floats], Floats]
    headline: bool = False
    shares: bool = False


def measure_relevance(
    threads: Sequence[LabelledThread],
    scores: Mapping[str, int | None],
    keep_from: int,
    *,
    seed: int = 0,
    resamples: int = _RESAMPLES,
) -> Scored:
    """Kept or not as labelled, and weighted kappa of the five scores. A post without an answer counts for nothing here."""
    counted = [count_relevance(one, scores, keep_from) for one in threads if one.relevance is not None]
    figures = {
        "kept": _Figure(measure="accuracy", fold=lambda n: ratio(n[..., 0], n[..., 1]), headline=True),
        "relevant": _Figure(measure="relevant posts: F1", fold=_f1, shares=True),
        "table": _Figure(
            measure="quadratic weighted kappa",
            fold=lambda n: weighted_kappa(n.reshape(*n.shape[:-1], 5, 5)),
        ),
    }
    table = np.sum([one["table"] for one in counted], axis=0, dtype=np.float64).reshape(-1)
    confusion = tuple(
        (str(place // 5 + 1), str(place % 5 + 1), int(count)) for place, count in enumerate(table) if count
    )
    return Scored(figures=_figures("relevance", figures, counted, seed, resamples), confusion=confusion)


def measure_samples(
    stage: StageName,
    threads: Sequence[LabelledThread],
    found: Sequence[Sample],
    *,
    seed: int = 0,
    resamples: int = _RESAMPLES,
) -> Scored:
    """What the samples are worth, of a stage that makes them. Conversations without labels are left out."""
    home = {post.url: one.thread for one in threads for post in one.posts}
    by_thread: dict[str, list[Sample]] = defaultdict(list)
    for sample in sorted(found, key=lambda sample: sample.id):
        by_thread[next((home[url] for url in sample.post_urls if url in home), "")].append(sample)
    counted = [count_samples(one, by_thread[one.thread]) for one in threads if one.samples is not None]
    quality = np.sum([one["quality"] for one in counted], axis=0, dtype=np.float64).reshape(-1)
    names = [(labelled, told) for labelled in (*QUALITIES, "no task") for told in (*QUALITIES, "not kept")]
    confusion = tuple(
        (labelled, told, int(count)) for (labelled, told), count in zip(names, quality, strict=False) if count
    )
    return Scored(
        figures=_figures(stage, _FIGURES[stage], counted, seed, resamples),
        confusion=confusion if stage == "extraction" else (),
    )


def _f1(counts: Floats) -> Floats:
    return f1(counts[..., 0], counts[..., 1], counts[..., 2])


def _macro_f1(counts: Floats) -> Floats:
    """Over the roles that occur at all."""
    each = _f1(counts.reshape(*counts.shape[:-1], len(ROLES), 3))
    there = np.isfinite(each)
    return ratio(np.where(there, each, 0.0).sum(axis=-1), there.sum(axis=-1).astype(np.float64))


def _quality_agreement(counts: Floats) -> Floats:
    """Of the tasks that both have, how many are called the same."""
    table = counts.reshape(*counts.shape[:-1], len(QUALITIES) + 1, len(QUALITIES) + 1)
    shared = table[..., :-1, :-1]
    return ratio(np.trace(shared, axis1=-2, axis2=-1), shared.sum(axis=(-2, -1)))


_FIGURES: Mapping[StageName, Mapping[str, _Figure]] = {
    "extraction": {
        "tokens": _Figure(measure="prompts: token F1", fold=_f1, headline=True, shares=True),
        "prompts": _Figure(measure="prompts exact: F1", fold=_f1, shares=True),
        "samples": _Figure(measure="samples: F1", fold=_f1, shares=True),
        "benchmark": _Figure(measure="quality Benchmark: F1", fold=_f1, shares=True),
        "quality": _Figure(measure="quality: agreement", fold=_quality_agreement),
        "feedback": _Figure(measure="feedback: F1", fold=_f1, shares=True),
    },
    "pictures": {
        "roles": _Figure(measure="pictures: macro F1", fold=_macro_f1, headline=True),
        "inputs": _Figure(measure="input pictures: F1", fold=_f1, shares=True),
        "outputs": _Figure(measure="output pictures: F1", fold=_f1, shares=True),
    },
    "screenshots": {
        "boxes_half": _Figure(measure="boxes (IoU >= 0.5): F1", fold=_f1, headline=True, shares=True),
        "boxes_close": _Figure(measure="boxes (IoU >= 0.75): F1", fold=_f1, shares=True),
    },
}


def _figures(
    stage: StageName, figures: Mapping[str, _Figure], counted: Sequence[Tally], seed: int, resamples: int
) -> tuple[AnnotatorScore, ...]:
    weights = resampling_weights(len(counted), resamples, seed)
    return tuple(
        _figure(stage, figure, [one[name] for one in counted], weights) for name, figure in figures.items()
    )


def _figure(
    stage: StageName, figure: _Figure, rows: Sequence[Sequence[float]], weights: Floats
) -> AnnotatorScore:
    counts = np.array(rows, dtype=np.float64)
    value = float(figure.fold(counts.sum(axis=0))) if len(rows) else float("nan")
    if not np.isfinite(value):
        why = (
            "the labels hold nothing to measure it on" if rows else "no conversation with labels was answered"
        )
        return AnnotatorScore(
            stage=stage, endpoint="", measure=figure.measure, headline=figure.headline, value=None, reason=why
        )
    threads = int(counts.any(axis=1).sum())
    low, high = percentile_interval(figure.fold(weights @ counts)[:, None])
    right, found, wanted = counts.sum(axis=0)[:3] if figure.shares else (0.0, 0.0, 0.0)
    return AnnotatorScore(
        stage=stage,
        endpoint="",
        measure=figure.measure,
        headline=figure.headline,
        value=value,
        low=min(float(low[0]), _lowest(threads)),
        high=float(high[0]),
        precision=float(right / found) if found else None,
        recall=float(right / wanted) if wanted else None,
        threads=threads,
    )


def _lowest(threads: int) -> float:
    """Where nothing went wrong no resample says otherwise; still so few conversations cannot show more than this."""
    return float(_OUTSIDE ** (1.0 / threads))
