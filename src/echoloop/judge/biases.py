"""What judges like that they should not: their own developer, big or bright pictures, long words, the first place."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from echoloop.judge.contests import Heard
from echoloop.judge.known import known
from echoloop.judge.score_arrays import ScoreArrays
from echoloop.judge.settings import JudgeSettings
from echoloop.records import Finding, Output, Verdict
from echoloop.statistics import liking, position_bias, repeat_noise, same_developer_bias

OWN = "points for its own developer's models"
LARGE = "points for a larger picture"
BRIGHT = "points for a brighter picture"
LONG = "points for longer words of its own"
NOISE = "spread of its repeats"
FIRST = "takes the first place too often by"
_FORMULAS = {
    OWN: "what it gives them beyond what the other judges do, less the same for all other models",
    LARGE: "change of its score with one standard deviation of log2 pixels, beyond the other judges' of the same outputs",
    BRIGHT: "change of its score with one standard deviation of mean lightness, beyond the other judges' of the same outputs",
    LONG: "change of its score with one standard deviation of its words' length, beyond the other judges' of the same outputs; "
    "no alarm, since a judge that sees more faults also writes more",
    NOISE: "standard deviation of its scores of one output, asked again",
    FIRST: "share of its decided choices that took the picture shown first, minus one half",
}

_NOTICEABLE = {OWN: 0.25, LARGE: 0.25, BRIGHT: 0.25, FIRST: 0.05}
"""Points on a scale of ten, or a share of choices: what is smaller is no alarm, however sure."""
_WIDER = 2.807 / 1.960
"""How much wider a normal interval of 99.5 % is than one of 95 %."""
_FEWEST, _CHANCE = 20, 0.05
"""Of fewer outputs an interval from resampling is too narrow to warn by; where there is a test, it must agree."""


def bias_findings(settings: JudgeSettings, heard: Heard, arrays: ScoreArrays) -> Iterator[Finding]:
    """For each judge that grades."""
    makers = {judge.name: judge.developer for judge in settings.judges}
    built = {contestant.name: contestant.developer for contestant in settings.contestants}
    own = same_developer_bias(
        arrays.scores,
        [makers[judge] for judge in arrays.judges],
        [built[model] for model in arrays.models],
        resamples=settings.resamples,
        seed=settings.seed,
    )
    for at, judge in enumerate(arrays.judges):
        interval = own.bias[at], own.low[at], own.high[at]
        yield _finding(heard, OWN, judge, interval, int(own.items[at]), own.reasons[at])
    features = {
        LARGE: np.log2(_mean_of(heard.outputs, arrays, _pixels)),
        BRIGHT: _mean_of(heard.outputs, arrays, _brightness),
        LONG: _words(heard.verdicts, arrays),
    }
    for measure, feature in features.items():
        liked = liking(arrays.scores, feature, resamples=settings.resamples, seed=settings.seed)
        for at, judge in enumerate(arrays.judges):
            interval = liked.points[at], liked.low[at], liked.high[at]
            yield _finding(heard, measure, judge, interval, int(liked.outputs[at]), liked.reasons[at])
    if settings.repeats > 1:
        noise = repeat_noise(
            _repeats(settings, heard.verdicts, arrays), resamples=settings.resamples, seed=settings.seed
        )
        for at, judge in enumerate(arrays.judges):
            interval = noise.sd[at], noise.low[at], noise.high[at]
            yield _finding(heard, NOISE, judge, interval, int(noise.outputs[at]), noise.reasons[at])


def position_findings(settings: JudgeSettings, heard: Heard) -> Iterator[Finding]:
    """For each judge that compares."""
    for judge in settings.judges:
        own = [one for one in heard.comparisons if one.judge == judge.name and one.choice is not None]
        items = sorted({one.item for one in own})
        at = {item: number for number, item in enumerate(items)}
        took_first, took_second = np.zeros(len(items)), np.zeros(len(items))
        for one in own:
            took_first[at[one.item]] += one.choice == "first"
            took_second[at[one.item]] += one.choice == "second"
        found = position_bias(took_first, took_second, resamples=settings.resamples, seed=settings.seed)
        interval = found.bias, found.low, found.high
        yield _finding(heard, FIRST, judge.name, interval, found.decided, found.reason, p=found.p)


def _finding(
    heard: Heard,
    measure: str,
    judge: str,
    interval: tuple[float, float, float],
    n: int,
    reason: str,
    *,
    p: float = float("nan"),
) -> Finding:
    value, low, high = (known(float(number)) for number in interval)
    return Finding(
        split=heard.split,
        measure=measure,
        about=judge,
        value=value,
        low=low,
        high=high,
        p=known(p),
        n=n,
        formula=_FORMULAS[measure],
        alarm=_is_alarming(measure, *interval) and n >= _FEWEST and not p >= _CHANCE,
        reason=reason,
    )


def _is_alarming(measure: str, value: float, low: float, high: float) -> bool:
    """Noticeable, and even an interval of 99.5 % leaves out 0: so many biases are looked for that chance finds some at 95 %."""
    sure = value - _WIDER * (value - low) > 0 or value + _WIDER * (high - value) < 0
    return bool(measure in _NOTICEABLE and sure and abs(value) >= _NOTICEABLE[measure])


def _pixels(output: Output) -> float:
    return float(output.width * output.height) if output.width and output.height else float("nan")


def _brightness(output: Output) -> float:
    return float("nan") if output.brightness is None else output.brightness


def _mean_of(
    outputs: Sequence[Output], arrays: ScoreArrays, value: Callable[[Output], float]
) -> NDArray[np.float64]:
    rows = [(output.item, output.model, value(output)) for output in outputs if output.state == "answered"]
    return _table(rows, arrays)


def _words(verdicts: Sequence[Verdict], arrays: ScoreArrays) -> NDArray[np.float64]:
    """Judge x item x model: how much each judge wrote, in characters."""
    return np.stack(
        [
            _table(
                [
                    (one.item, one.model, float(len(one.rationale)))
                    for one in verdicts
                    if one.judge == judge and one.score is not None
                ],
                arrays,
            )
            for judge in arrays.judges
        ]
    )


def _table(rows: Sequence[tuple[str, str, float]], arrays: ScoreArrays) -> NDArray[np.float64]:
    item_at = {name: number for number, name in enumerate(arrays.items)}
    model_at = {name: number for number, name in enumerate(arrays.models)}
    total = np.zeros((len(arrays.items), len(arrays.models)))
    count = np.zeros_like(total)
    for item, model, value in rows:
        if model in model_at and np.isfinite(value):
            total[item_at[item], model_at[model]] += value
            count[item_at[item], model_at[model]] += 1
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def _repeats(
    settings: JudgeSettings, verdicts: Sequence[Verdict], arrays: ScoreArrays
) -> NDArray[np.float64]:
    """Judge x repeat x (item and sample) x model."""
    outputs = sorted({(one.item, one.output.rpartition("/")[2]) for one in verdicts})
    at = {key: number for number, key in enumerate(outputs)}
    judge_at = {name: number for number, name in enumerate(arrays.judges)}
    model_at = {name: number for number, name in enumerate(arrays.models)}
    scores = np.full((len(arrays.judges), settings.repeats, len(outputs), len(arrays.models)), np.nan)
    for one in verdicts:
        if one.score is not None and one.model in model_at:
            row = at[one.item, one.output.rpartition("/")[2]]
            scores[judge_at[one.judge], one.repeat, row, model_at[one.model]] = one.score
    return scores
