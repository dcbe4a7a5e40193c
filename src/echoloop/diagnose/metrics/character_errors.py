"""How many letters of a wanted text are wrong in what was read."""

import re
import unicodedata

_QUOTED = re.compile(
    '"([^"\n]{1,200})"|“([^”\n]{1,200})”|«([^»\n]{1,200})»|「([^」\n]{1,200})」|『([^』\n]{1,200})』'
    "|(?<!\\w)'([^'\n]{1,200})'(?!\\w)|‘([^’\n]{1,200})’"
)


def quoted_texts(prompt: str) -> tuple[str, ...]:
    """What stands between quotation marks of any kind."""
    return tuple(next(one for one in found if one) for found in _QUOTED.findall(prompt))


def character_error_rate(wanted: str, read: str) -> float:
    """Edits that make the best-matching part of what was read into the wanted text, per wanted character, at most 1.

    Case, spaces and compatibility forms do not count, nor does other text around it.
    """
    goal, seen = _plain(wanted), _plain(read)
    if not goal:
        return 0.0
    row = [0] * (len(seen) + 1)
    for number, letter in enumerate(goal, start=1):
        above, row = row, [number]
        for at, other in enumerate(seen, start=1):
            row.append(min(above[at - 1] + (letter != other), above[at] + 1, row[at - 1] + 1))
    return min(min(row) / len(goal), 1.0)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
