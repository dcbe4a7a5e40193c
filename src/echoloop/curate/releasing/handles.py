"""Handles of people, masked in what other people wrote. A release names nobody, but people mention each other."""

import re
from collections.abc import Iterable

from echoloop.records import Author

MASK = "@someone"
_CALLED = re.compile(
    r"""
    (?P<address>(?:https?://)?(?:[\w-]+\.)+[a-z]{2,24}/(?:@|u/|user/|profile/)?(?P<there>[\w.:-]+(?:@[\w.-]+)?))
    | (?:@|(?<![\w/])/?u/)(?P<named>[\w.-]+(?:@[\w.-]+)?)
    | (?P<bare>(?<![\w@/.])\w[\w.-]*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SPEAKS = re.compile(r"[\d_.]")
_TAIL = ".-_:"


class Handles:
    """Everybody whose handle is noted. `mask` finds mentions (`@name`, `u/name`, addresses of profiles) and handles that stand
    alone, these only where a digit, a dot or an underscore tells that they are no ordinary word."""

    def __init__(self, authors: Iterable[Author]) -> None:
        self._known = {
            form
            for author in authors
            for name in (author.handle, author.native)
            for form in _forms(name)
            if len(form) > 1
        }

    def mask(self, text: str) -> str:
        """The text with every known handle replaced."""
        return _CALLED.sub(self._masked, text) if self._known and text else text

    def _masked(self, match: re.Match[str]) -> str:
        whole = match.group()
        there, named, bare = match.group("there", "named", "bare")
        name = there or named or bare
        if bare and not _SPEAKS.search(bare.rstrip(_TAIL)):
            return whole
        known = next((form for form in _shortened(name) if form.casefold() in self._known), None)
        if known is None:
            return whole
        start = match.start("there") - match.start() if there else 0
        rest = name[len(known) :]
        before = whole[:start].removesuffix("@") if there else ""
        return f"{before}{MASK}{rest}"


def _forms(handle: str) -> Iterable[str]:
    """A handle of Mastodon is also called by its first half."""
    name = handle.removeprefix("@").casefold()
    return (name, name.partition("@")[0]) if "@" in name else (name,)


def _shortened(name: str) -> Iterable[str]:
    """The name, and what is left of it without the punctuation behind it, or without the server."""
    yield name
    shorter = name
    while shorter and shorter[-1] in _TAIL:
        shorter = shorter[:-1]
        yield shorter
    if "@" in name:
        yield name.partition("@")[0]
