"""Proposals as lines of echoloop.toml."""

import json
from collections.abc import Collection, Sequence

from echoloop.collect.plan.adding import AddTerm
from echoloop.collect.plan.dropping import DropTerm
from echoloop.collect.plan.windows import Phase, Plan


def toml_of(plan: Plan, drop: Sequence[DropTerm], add: Sequence[AddTerm], target: Phase | None) -> str:
    """The keyword lists as they would be, of those phases and platforms that change; empty if none does."""
    platforms: dict[str, list[str]] = {}
    tables: list[str] = []
    for phase in plan.phases:
        gone = {one.keyword for one in drop if one.phase == phase.name}
        new = [one.keyword for one in add] if phase == target else []
        keywords = _changed(phase.keywords, gone, new)
        if keywords is not None:
            tables.append(f"[collect.{phase.name}]\nkeywords = {_list(keywords)}")
        for platform, own in phase.platforms.items():
            words = _changed(own, gone, new)
            if words is not None:
                platforms.setdefault(platform, []).append(f"{phase.name} = {_list(words)}")
    tables += [f"[platforms.{name}]\n" + "\n".join(lines) for name, lines in platforms.items()]
    return "\n\n".join(tables) + "\n" if tables else ""


def _changed(keywords: Sequence[str], gone: Collection[str], new: Sequence[str]) -> list[str] | None:
    left = [keyword for keyword in keywords if keyword not in gone]
    left += [keyword for keyword in new if keyword not in left]
    return left if left != list(keywords) else None


def _list(keywords: Sequence[str]) -> str:
    """A TOML array of basic strings; JSON escapes as TOML does, but for the delete character."""
    lines = "".join(f"  {json.dumps(word, ensure_ascii=False)},\n" for word in keywords).replace(
        "\x7f", "\\u007f"
    )
    return f"[\n{lines}]" if keywords else "[]"
