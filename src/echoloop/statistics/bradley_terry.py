"""Bradley-Terry strengths: one number a model, so that the odds of i beating j are exp(strength i - strength j)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoloop.statistics.checking import Floats, numbers, resampled
from echoloop.statistics.pairwise import checked_outcomes
from echoloop.statistics.resampling import percentile_interval, resampled_sums

STEPS = 100
BATCH_CELLS = 1 << 21


@dataclass(frozen=True)
class BradleyTerry:
    """`strengths` are logs of odds whose mean is 0 over the models that were compared; NaN for the others.

    Where the data allow no finite maximum they are all NaN, `converged` is False and `reason` says who could not be placed.
    """

    strengths: Floats
    converged: bool
    reason: str = ""


@dataclass(frozen=True)
class BradleyTerryInterval:
    """`samples` is resample x model; `undefined` counts the resamples that allow no finite strengths (their rows are NaN)."""

    low: Floats
    high: Floats
    samples: Floats
    undefined: int
    reason: str = ""


def bradley_terry(wins: ArrayLike, *, prior: float = 0.0) -> BradleyTerry:
    """Maximum-likelihood strengths from `wins[i, j]`, how often i beat j, ties as halves in both.

    A maximum exists only where every model can be reached from every other through wins. `prior` (default 0: the plain maximum)
    counts so many made-up wins each way between any two models, which makes one exist always and draws all towards each other.
    """
    counts = _wins(wins)
    models = np.arange(counts.shape[0])
    met = (counts + counts.T).sum(axis=1) > 0
    if prior:
        counts = counts + _prior(prior)
        counts[models, models] = 0.0
        met[:] = counts.shape[0] > 1
    if not met.any():
        nobody = np.full(counts.shape[0], np.nan)
        return BradleyTerry(nobody, False, "no two models were compared")
    own = counts[np.ix_(met, met)]
    strengths = np.full(counts.shape[0], np.nan)
    reason = _why_no_maximum(own, models[met])
    if reason:
        return BradleyTerry(strengths, False, reason)
    fitted, converged = _fit(own[None], np.zeros((1, own.shape[0])))
    strengths[met] = fitted[0]
    notes = [f"never compared: {_named(models[~met])}"] if not met.all() else []
    notes += [] if converged[0] else [f"no convergence in {STEPS} steps"]
    return BradleyTerry(strengths, bool(converged[0]), "; ".join(notes))


def bradley_terry_interval(
    outcomes: ArrayLike,
    resamples: int = 1000,
    seed: int = 0,
    *,
    share: float = 0.95,
    prior: float = 0.0,
) -> BradleyTerryInterval:
    """Intervals over resampled items, from item x model x model of the row model's results.

    Every resample starts from the strengths of the whole. One that allows no finite strengths would lie beyond every bound:
    when there are more of them than an interval of this share leaves outside on one side, the bounds are NaN and `reason` says so.
    """
    resampled(resamples, share)
    settled = checked_outcomes(outcomes, "outcomes", ("item", "model", "model"))
    items, models, _ = settled.shape
    whole = bradley_terry(np.nansum(settled, axis=0), prior=prior)
    samples = np.full((resamples, models), np.nan)
    nothing = np.full(models, np.nan)
    if not np.isfinite(whole.strengths).any():
        return BradleyTerryInterval(nothing, nothing.copy(), samples, resamples, whole.reason)
    met = np.isfinite(whole.strengths)
    kept = np.nan_to_num(settled[:, met][:, :, met]).reshape(items, -1)
    wins = resampled_sums(kept, resamples, seed).reshape(resamples, met.sum(), met.sum())
    samples[:, met], lost = _fit_each(wins + _prior(prior), whole.strengths[met])
    if lost > resamples * (1.0 - share) / 2.0:
        reason = f"{lost} of {resamples} resamples allow no finite strengths: too few items, or give a prior"
        return BradleyTerryInterval(nothing, nothing.copy(), samples, lost, reason)
    low, high = percentile_interval(samples, share)
    return BradleyTerryInterval(low, high, samples, lost, whole.reason)


def _wins(wins: ArrayLike) -> Floats:
    counts = numbers(wins, "wins", ("model", "model")).copy()
    if counts.shape[0] != counts.shape[1]:
        raise ValueError(f"wins must be model x model, and is {counts.shape}")
    np.fill_diagonal(counts, 0.0)
    if np.isnan(counts).any() or (counts < 0).any():
        raise ValueError("wins must be numbers from zero up: write 0 for two models that never met")
    return counts


def _prior(prior: float) -> float:
    if not prior >= 0 or not np.isfinite(prior):
        raise ValueError(f"prior is {prior}: it is a number of made-up wins, from zero up")
    return prior


def _fit_each(wins: Floats, start: Floats) -> tuple[Floats, int]:
    """All resamples, some at a time; NaN rows and their number where there is no maximum."""
    count, models, _ = wins.shape
    wins[:, np.arange(models), np.arange(models)] = 0.0
    strengths = np.full((count, models), np.nan)
    step = max(1, BATCH_CELLS // (models * models))
    for begin in range(0, count, step):
        part = wins[begin : begin + step]
        fine = _reachable(part).all(axis=(1, 2))
        if fine.any():
            fitted, converged = _fit(part[fine], np.tile(start, (int(fine.sum()), 1)))
            fitted[~converged] = np.nan
            strengths[begin : begin + step][fine] = fitted
    return strengths, int(np.isnan(strengths).any(axis=1).sum())


def _fit(wins: Floats, start: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Newton's method on a stack of tables; a step is never longer than one unit of log odds, so it cannot run away."""
    met = wins + wins.transpose(0, 2, 1)
    strengths = start - start.mean(axis=1, keepdims=True)
    models = wins.shape[-1]
    converged = np.zeros(wins.shape[0], dtype=np.bool_)
    close = 1e-10 * wins.sum(axis=(1, 2))
    for _ in range(STEPS):
        expected = 1.0 / (1.0 + np.exp(strengths[:, None, :] - strengths[:, :, None]))
        slope = (wins - met * expected).sum(axis=2)
        converged = np.abs(slope).max(axis=1) <= close
        if converged.all():
            break
        curve = met * expected * (1.0 - expected)
        scale = curve.sum(axis=2)
        system = -curve
        system[:, np.arange(models), np.arange(models)] += scale
        system += scale.mean(axis=1)[:, None, None] / models
        move = np.linalg.solve(system, slope[:, :, None])[:, :, 0]
        longest = np.abs(move).max(axis=1, keepdims=True)
        strengths = strengths + move / np.maximum(longest, 1.0)
        strengths -= strengths.mean(axis=1, keepdims=True)
    return strengths, converged


def _reachable(wins: Floats) -> NDArray[np.bool_]:
    """... x model x model: whether the row model can be joined to the column model through wins."""
    models = wins.shape[-1]
    reach = (wins > 0).astype(np.float32)
    reach[..., np.arange(models), np.arange(models)] = 1.0
    length = 1
    while length < models and not reach.all():
        reach = (reach @ reach > 0).astype(np.float32)
        length *= 2
    return reach > 0


def _why_no_maximum(wins: Floats, names: NDArray[np.intp]) -> str:
    reach = _reachable(wins)
    if reach.all():
        return ""
    joined = _reachable(wins + wins.T)
    remedy = "no finite strengths: leave them out, or give a prior"
    if not joined.all():
        return (
            f"models {_named(names[joined[0]])} and {_named(names[~joined[0]])} were never compared; {remedy}"
        )
    unbeaten = ~(reach & ~reach.T).any(axis=0)
    return f"models {_named(names[unbeaten])} never lost to any of the others; {remedy}"


def _named(models: NDArray[np.intp]) -> str:
    return ", ".join(str(int(model)) for model in models)
