"""How well a language model foresees the prompts: BOS, exp(mean negative log-likelihood) of each text, mean over texts."""

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoloop.curate.analyses.causal_model import LONGEST, NotMeasured, open_model
from echoloop.curate.analyses.rows import Analysis, Dataset
from echoloop.statistics import mean_interval

PYTHIA = "EleutherAI/pythia-12b"
_ROWS = 32


def perplexity(log_probabilities: ArrayLike) -> float:
    """exp of the mean negative log-likelihood of a text's tokens, the first one foreseen from BOS. NaN for a text without tokens."""
    foreseen = np.asarray(log_probabilities, dtype=np.float64)
    if foreseen.size == 0:
        return math.nan
    with np.errstate(over="ignore"):
        return float(np.exp(-foreseen.mean()))


def foreseen_tokens(logits: ArrayLike, tokens: Sequence[int]) -> NDArray[np.float64]:
    """The log-probability of each token under the scores at its own place: row i of the logits foresees token i.

    A few rows at a time: a long text times a large vocabulary is a gigabyte in double precision.
    """
    scores = np.asarray(logits)
    if scores.shape[0] != len(tokens):
        raise ValueError(
            f"{scores.shape[0]} rows of scores cannot foresee {len(tokens)} tokens: one row a token"
        )
    found = np.empty(len(tokens), np.float64)
    for start in range(0, len(tokens), _ROWS):
        some = scores[start : start + _ROWS].astype(np.float64)
        above = some.max(axis=1, keepdims=True)
        whole = above[:, 0] + np.log(np.exp(some - above).sum(axis=1))
        found[start : start + _ROWS] = some[np.arange(len(some)), list(tokens[start : start + _ROWS])] - whole
    return found


def perplexity_row(dataset: str, model: str, scores: Iterable[float], *, seed: int = 0) -> Analysis:
    """The mean over a data set's texts. A text whose perplexity is no finite number is left out, and counted."""
    values = np.fromiter(scores, np.float64)
    counted = int(np.isfinite(values).sum())
    if counted == 0:
        why = f"none of {values.size:,} texts has a finite perplexity" if values.size else "no text"
        return _unmeasured(dataset, model, why)
    mean, low, high = mean_interval(values, seed=seed)
    of = f"{counted:,}" if counted == values.size else f"{counted:,} of {values.size:,}"
    return Analysis(
        dataset=dataset,
        analysis="perplexity",
        name=model,
        value=mean,
        low=low,
        high=high,
        note=f"{of} {'text' if values.size == 1 else 'texts'}, each after BOS, cut at {LONGEST:,} tokens",
    )


def perplexity_rows(datasets: Sequence[Dataset], model: str, *, seed: int = 0) -> Iterator[Analysis]:
    """The mean of each data set, or why it was not measured. Weights are never fetched from here."""
    try:
        opened = open_model(model)
    except NotMeasured as why:
        for one in datasets:
            yield _unmeasured(one.name, model, str(why))
        return
    for one in datasets:
        read = [opened.read(prompt) for prompt in one.prompts if prompt.strip()]
        scores = [perplexity(foreseen_tokens(logits, tokens)) for tokens, logits in read]
        yield perplexity_row(one.name, model, scores, seed=seed)


def _unmeasured(dataset: str, model: str, why: str) -> Analysis:
    return Analysis(
        dataset=dataset, analysis="perplexity", name=model, value=None, note=f"not measured: {why}"
    )
