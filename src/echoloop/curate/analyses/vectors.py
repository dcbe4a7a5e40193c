"""Prompts as TF-IDF vectors: clusters of like tasks, and the nearest prompt of an older set."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoloop.curate.near_prompts import words_of

Floats = NDArray[np.float64]
_ROUNDS = 50
_AT_ONCE = 512


def tfidf(texts: Sequence[str], among: Sequence[str] = ()) -> tuple[Any, Any]:
    """Rows of length one (sparse) for `texts` and for `among`; a word weighs by how few of all texts have it."""
    from scipy.sparse import csr_matrix

    counted = [Counter(words_of(text)) for text in (*texts, *among)]
    vocabulary = {word: place for place, word in enumerate(sorted({word for one in counted for word in one}))}
    having = Counter(word for one in counted for word in one)
    rows, columns, values = [], [], []
    for row, words in enumerate(counted):
        weights = {
            word: count * (1.0 + np.log((1 + len(counted)) / (1 + having[word])))
            for word, count in words.items()
        }
        norm = np.sqrt(sum(weight * weight for weight in weights.values()))
        for word, weight in weights.items():
            rows.append(row)
            columns.append(vocabulary[word])
            values.append(weight / norm)
    matrix: Any = csr_matrix(
        (
            np.array(values, dtype=np.float64),
            (np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)),
        ),
        shape=(len(counted), max(len(vocabulary), 1)),
    )
    return matrix[: len(texts)], matrix[len(texts) :]


def nearest(texts: Sequence[str], among: Sequence[str]) -> Floats:
    """For each text the cosine of the likest in another set; 0 where that is empty."""
    if not texts or not among:
        return np.zeros(len(texts))
    own, others = tfidf(texts, sorted(set(among)))
    turned = others.T.tocsr()
    best = [
        (own[start : start + _AT_ONCE] @ turned).max(axis=1).toarray().ravel()
        for start in range(0, len(texts), _AT_ONCE)
    ]
    return np.clip(np.concatenate(best), 0.0, 1.0)


def cluster(texts: Sequence[str], clusters: int, seed: int = 0) -> tuple[NDArray[np.int64], Floats]:
    """k-means by cosine: the cluster of each text, and how near it is to the middle. The same texts and seed, the same clusters."""
    vectors, _ = tfidf(texts)
    count = min(clusters, len(texts))
    if not count:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    centres = _spread_out(vectors, count, np.random.default_rng(seed))
    belongs = np.full(len(texts), -1)
    closeness = np.zeros((len(texts), count))
    for _ in range(_ROUNDS):
        closeness = np.asarray(vectors @ centres.T)
        now = closeness.argmax(axis=1)
        if (now == belongs).all():
            break
        belongs = now
        centres = _middles(vectors, belongs, centres)
    return belongs, closeness[np.arange(len(texts)), belongs]


def _spread_out(vectors: Any, count: int, rng: np.random.Generator) -> Floats:
    """k-means++: each next centre is drawn by how far it is from those that are there."""
    chosen = [int(rng.integers(vectors.shape[0]))]
    best = np.asarray(vectors @ vectors[chosen[0]].toarray().ravel())
    for _ in range(count - 1):
        apart = np.square(np.clip(1.0 - best, 0.0, None))
        total = apart.sum()
        place = int(rng.choice(len(apart), p=apart / total)) if total > 0 else int(rng.integers(len(apart)))
        chosen.append(place)
        best = np.maximum(best, np.asarray(vectors @ vectors[place].toarray().ravel()))
    return np.asarray(vectors[chosen].toarray())


def _middles(vectors: Any, belongs: NDArray[np.int64], before: Floats) -> Floats:
    from scipy.sparse import csr_matrix

    places = np.arange(len(belongs))
    member: Any = csr_matrix((np.ones(len(belongs)), (belongs, places)), shape=(len(before), len(belongs)))
    sums = np.asarray((member @ vectors).toarray())
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.where(norms > 0, sums / np.where(norms > 0, norms, 1.0), before)
