"""Which samples a reader should see first: a fair draw, the worst, and those the judges disagree about."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

from echoloop.report.samples import Answer, SamplePage


def drawn_at_random(pages: Sequence[SamplePage], count: int) -> list[SamplePage]:
    """A draw by the hash of each id: nobody chose it, and a new item does not shuffle the others."""
    benchmark = [page for page in pages if page.answers]
    return sorted(benchmark, key=lambda page: hashlib.sha256(f"draw {page.item.id}".encode()).hexdigest())[
        :count
    ]


def worst(pages: Sequence[SamplePage], count: int) -> list[tuple[SamplePage, float]]:
    """The items with the lowest mean score over all models and judges, with that mean."""
    means = [(page, _mean([answer.mean for answer in page.answers])) for page in pages]
    known = [(page, mean) for page, mean in means if mean is not None]
    return sorted(known, key=lambda end: (end[1], end[0].item.id))[:count]


def most_disputed(pages: Sequence[SamplePage], count: int) -> list[tuple[SamplePage, float]]:
    """The items on whose pictures judges differ most, once each judge's own mean is taken away."""
    usual = _usual_scores(answer for page in pages for answer in page.answers)
    spreads = [
        (page, _mean([_spread(answer, usual) for answer in page.answers])) for page in pages if page.answers
    ]
    known = [(page, spread) for page, spread in spreads if spread is not None and spread > 0]
    return sorted(known, key=lambda end: (-end[1], end[0].item.id))[:count]


def _usual_scores(answers: Iterable[Answer]) -> dict[str, float]:
    scores: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        for verdict in answer.verdicts:
            if verdict.score is not None:
                scores[verdict.judge].append(verdict.score)
    return {judge: sum(own) / len(own) for judge, own in scores.items()}


def _spread(answer: Answer, usual: dict[str, float]) -> float | None:
    """Highest minus lowest; None unless two judges scored the picture."""
    own: dict[str, list[float]] = defaultdict(list)
    for verdict in answer.verdicts:
        if verdict.score is not None:
            own[verdict.judge].append(verdict.score - usual[verdict.judge])
    means = [sum(scores) / len(scores) for scores in own.values()]
    return max(means) - min(means) if len(means) > 1 else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
