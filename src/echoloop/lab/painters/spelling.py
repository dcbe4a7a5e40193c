"""Words as careless painters write them."""

import numpy as np

from echoloop.lab.scenes.sampling import pick

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def misspelt(word: str, rng: np.random.Generator) -> str:
    """`word` with one letter changed, lost, doubled or swapped with its neighbour; never `word` itself."""
    at = int(rng.integers(len(word)))
    changed = word[:at] + pick(rng, [letter for letter in _ALPHABET if letter != word[at]]) + word[at + 1 :]
    options = [changed]
    if len(word) > 1:
        options.append(word[:at] + word[at + 1 :])
        before = max(at - 1, 0)
        options.append(word[:before] + word[before : before + 2][::-1] + word[before + 2 :])
    if len(word) < 10:
        options.append(word[:at] + word[at] + word[at:])
    wrong = pick(rng, options)
    return wrong if wrong != word else changed
