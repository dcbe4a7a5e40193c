"""Where a prompt's words come from. A model's word for it is not taken: the posts are searched."""

import re
import unicodedata
from collections.abc import Sequence

from echoloop.records import PromptOrigin

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "`": "'"})
_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_SHORTEST_SPAN = 3


def fold(text: str) -> str:
    """Whitespace and quotes made alike, nothing else: what people type is otherwise kept."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text).translate(_QUOTES)).strip()


def prompt_origin(prompt: str, texts: Sequence[str]) -> PromptOrigin:
    """`verbatim`: ordered spans of one text (omissions are allowed); `joined`: spans of several; else `edited`."""
    wanted = fold(prompt)
    folded = [fold(text) for text in texts]
    if any(wanted in text for text in folded):
        return "verbatim"
    tokens = _TOKEN.findall(wanted)
    sources = [_TOKEN.findall(text) for text in folded]
    if any(_in_order(tokens, source) for source in sources):
        return "verbatim"
    return "joined" if _from_several(tokens, sources) else "edited"


def _in_order(tokens: list[str], source: list[str]) -> bool:
    """Every token is in spans of this one text, the spans in order."""
    taken = start = 0
    while taken < len(tokens):
        length, end = _longest_span(tokens, taken, source, start)
        if length < min(_SHORTEST_SPAN, len(tokens) - taken):
            return False
        taken, start = taken + length, end
    return bool(tokens)


def _from_several(tokens: list[str], sources: list[list[str]]) -> bool:
    taken = 0
    while taken < len(tokens):
        length = max((_longest_span(tokens, taken, source, 0)[0] for source in sources), default=0)
        if length < min(_SHORTEST_SPAN, len(tokens) - taken):
            return False
        taken += length
    return bool(tokens)


def _longest_span(tokens: list[str], taken: int, source: list[str], start: int) -> tuple[int, int]:
    """The longest run of the tokens from `taken` on that stands in the source from `start` on, and where it ends."""
    best = (0, start)
    for begin in range(start, len(source)):
        length = 0
        while (
            taken + length < len(tokens)
            and begin + length < len(source)
            and tokens[taken + length] == source[begin + length]
        ):
            length += 1
        if length > best[0]:
            best = (length, begin + length)
    return best
