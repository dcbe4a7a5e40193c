"""Prompts to requests: understands whatever `describe` and `describe_edit` can write, and nothing else."""

import re
from dataclasses import dataclass

from echoloop.lab.scenes.language.grammar import LANGUAGES, Language
from echoloop.lab.scenes.language.matching import Matcher, evened, matcher_of
from echoloop.lab.scenes.language.scanning import request_from, scan_scene
from echoloop.lab.scenes.requests import (
    Add,
    AddWord,
    ChangeBackground,
    Combine,
    Edit,
    EditRequest,
    KeepFace,
    Recolour,
    Remove,
    Request,
    RewriteWord,
)

_LONGEST = 4000


@dataclass(frozen=True)
class FoundPrompt:
    """A prompt inside a longer text."""

    start: int
    end: int
    language: Language
    request: Request


def understand(text: str) -> Request | None:
    """The request `text` is, white space, quotes, a last stop and emoji around it aside; None for other text."""
    if len(text) > _LONGEST:
        return None
    for found in find_prompts(text):
        outside = text[: found.start] + text[found.end :]
        return None if re.search(r"\w", outside) else found.request
    return None


def find_prompts(text: str) -> tuple[FoundPrompt, ...]:
    """The prompts in a text (its first 4,000 characters), in order, none within another."""
    plain = evened(text[:_LONGEST])
    found = [prompt for language in LANGUAGES for prompt in _in_language(plain, language)]
    kept: list[FoundPrompt] = []
    for prompt in sorted(found, key=lambda prompt: (prompt.start, -prompt.end)):
        if not kept or prompt.start >= kept[-1].end:
            kept.append(prompt)
    return tuple(kept)


def _in_language(text: str, language: Language) -> list[FoundPrompt]:
    matcher = matcher_of(language)
    found: list[FoundPrompt] = []
    for opening in matcher.opening.finditer(text):
        scan = scan_scene(matcher, text, opening.start())
        request = request_from(scan) if scan else None
        if scan and request:
            found.append(FoundPrompt(scan.start, scan.end, language, request))
    for kind, pattern in matcher.edits:
        for match in pattern.finditer(text):
            request = EditRequest(edit=_edit(kind, match, matcher))
            found.append(FoundPrompt(match.start(), _edit_end(matcher, text, match.end()), language, request))
    return found


def _edit_end(matcher: Matcher, text: str, at: int) -> int:
    if filler := matcher.edit_filler.match(text, at):
        at = filler.end()
    stop = matcher.stop.match(text, at)
    return stop.end() if stop else at


def _edit(kind: type[Edit], match: re.Match[str], matcher: Matcher) -> Edit:
    if kind is Recolour:
        noun, old = matcher.every.meaning(match["every"])
        return Recolour(noun=noun, old=old, new=matcher.colours.meaning(match["colour"]))
    if kind is Remove or kind is Combine:
        noun, colour = matcher.every.meaning(match["every"])
        return (Remove if kind is Remove else Combine)(noun=noun, colour=colour)
    if kind is Add:
        return _add(match, matcher)
    if kind is ChangeBackground or kind is KeepFace:
        background = matcher.backgrounds.meaning(match["background"])
        return (ChangeBackground if kind is ChangeBackground else KeepFace)(background=background)
    if kind is AddWord:
        return AddWord(word=match["word"], band=matcher.bands.meaning(match["band"]))
    return RewriteWord(old=match["old"], new=match["new"])


def _add(match: re.Match[str], matcher: Matcher) -> Add:
    noun, colour, _, size = matcher.ones.meaning(match["one"])
    if noun is None or colour is None or size is None:
        raise AssertionError("the table of single things holds no blanks")
    return Add(noun=noun, colour=colour, size=size, cell=matcher.cells.meaning(match["cell"]))
