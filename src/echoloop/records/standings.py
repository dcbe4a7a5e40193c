"""Which of many standings a reader means who names none: the whole split, by our own rule."""

from collections.abc import Iterable

from echoloop.records.results import Standing

OUR_RULES = ("default", "pairs")
"""Grades by our rule first; true pairs where nothing was graded."""


def main_standings(standings: Iterable[Standing]) -> list[Standing]:
    """Those of the whole split by our rule, each split by the first of our rules that it has."""
    whole = [one for one in standings if not one.slice and one.rule in OUR_RULES]
    graded = {one.split for one in whole if one.rule == OUR_RULES[0]}
    return [one for one in whole if (one.rule == OUR_RULES[0]) == (one.split in graded)]
