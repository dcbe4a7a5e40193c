"""How people set a prompt off from the rest of what they say.

Whatever the style, the prompt itself stands in the text letter for letter, and a prompt without marks around it ends its line.
"""

from collections.abc import Sequence

import numpy as np

from echoloop.lab.scenes import Language

_QUOTES: dict[Language, tuple[tuple[str, str], ...]] = {
    "en": (('"', '"'), ("“", "”"), ("'", "'")),
    "es": (('"', '"'), ("«", "»"), ("“", "”")),
    "zh": (("“", "”"), ("「", "」")),
    "ja": (("「", "」"), ("『", "』")),
}


def set_off(prompt: str, lead: str, language: Language, rng: np.random.Generator) -> str:
    """The lead and the prompt in one of the styles: quoted, after the lead, on its own line, or as a code block."""
    style = rng.choice(4, p=(0.4, 0.25, 0.25, 0.1))
    if style == 0:
        return f"{lead} {quoted(prompt, language, rng)}"
    if style == 1:
        return f"{lead} {prompt}"
    if style == 2:
        return f"{lead}\n{prompt}"
    return f"{lead}\n```\n{prompt}\n```"


def quoted(prompt: str, language: Language, rng: np.random.Generator) -> str:
    """The prompt between marks that do not occur in it; a prompt that holds them all stands on a line of its own."""
    free = [pair for pair in _QUOTES[language] if not _occurs(pair, prompt)]
    if not free:
        return f"\n{prompt}"
    left, right = free[int(rng.integers(len(free)))]
    return f"{left}{prompt}{right}"


def opening_part(prompt: str, share: float) -> str:
    """The first words of a prompt, as somebody remembers them."""
    if " " not in prompt:
        return prompt[: max(4, int(len(prompt) * share))]
    words = prompt.split(" ")
    return " ".join(words[: max(3, int(len(words) * share))]).rstrip(".,;:")


def halves(prompt: str) -> tuple[str, str]:
    """A prompt cut in two at a space, for people who ran out of room; the second half is empty if it has no space."""
    spaces = [at for at, letter in enumerate(prompt) if letter == " "]
    if not spaces:
        return prompt, ""
    cut = min(spaces, key=lambda at: abs(at - len(prompt) // 2))
    return prompt[:cut], prompt[cut + 1 :]


def _occurs(marks: Sequence[str], text: str) -> bool:
    return any(mark in text for mark in marks)
