"""The plan's keywords, searched for on this machine: how posts of an archive are found."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from echoloop.collect.plan.windows import Phase, Plan

_SPACE = re.compile(r"\s+")
_SPACED = r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_WORD_EDGE = re.compile(_SPACED)
"""A character of a script that sets words apart; Chinese, Japanese and Korean do not, also not from a Latin word."""


class Matcher:
    """Which keywords of the plan a post shows: all of a keyword's words, in the days of its phase.

    A post without a date may have been written in any phase.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._phases: dict[str, list[tuple[Phase, Keywords]]] = {}

    def find(self, platform: str, text: str, created_at: datetime | None) -> tuple[str, ...]:
        """The keywords, in order; none when the post lies outside of every window."""
        folded = fold(text)
        found = {
            keyword
            for phase, keywords in self._on(platform)
            if self._may_be_in(phase, created_at)
            for keyword in keywords.found_in(folded)
        }
        return tuple(sorted(found))

    def _on(self, platform: str) -> list[tuple[Phase, "Keywords"]]:
        if platform not in self._phases:
            self._phases[platform] = [
                (phase, Keywords(phase.keywords_on(platform))) for phase in self._plan.phases
            ]
        return self._phases[platform]

    def _may_be_in(self, phase: Phase, at: datetime | None) -> bool:
        if at is None:
            return True
        start = datetime.combine(self._plan.released, time(), UTC) + timedelta(days=phase.from_day)
        return start <= at < self._plan.end(datetime.max.replace(tzinfo=UTC)) and (
            phase.days is None or at < start + timedelta(days=phase.days)
        )


class Keywords:
    """Several keywords at once: one look for any of their words, and only then each by itself."""

    def __init__(self, keywords: Iterable[str]) -> None:
        self._words = {keyword: [_bounded(word) for word in fold(keyword).split()] for keyword in keywords}
        firsts = sorted({words[0] for words in self._words.values() if words})
        self._any = re.compile("|".join(firsts)) if firsts else None
        self._patterns = {
            keyword: [re.compile(word) for word in words] for keyword, words in self._words.items() if words
        }

    def found_in(self, folded: str) -> list[str]:
        if self._any is None or not self._any.search(folded):
            return []
        return [
            keyword
            for keyword, patterns in self._patterns.items()
            if all(pattern.search(folded) for pattern in patterns)
        ]


def fold(text: str) -> str:
    """In one case, one spelling of each character (full width as half width), with single spaces."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _SPACE.sub(" ", plain).casefold().strip()


def _bounded(word: str) -> str:
    before = f"(?<!{_SPACED})" if _WORD_EDGE.match(word[0]) else ""
    after = f"(?!{_SPACED})" if _WORD_EDGE.match(word[-1]) else ""
    return f"{before}{re.escape(word)}{after}"
