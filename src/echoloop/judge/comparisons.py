"""Outputs x judges -> comparisons: two outputs of an item side by side, always in both orders."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from operator import attrgetter

import msgspec
import pyarrow as pa

from echoloop.calls import ChatRequest, load_prompt
from echoloop.engine import Asked, Desk, Question, Rendering, call_fields
from echoloop.grading import Preference, compare_request, read_choice
from echoloop.judge.hearing import obstacle, references, said
from echoloop.judge.settings import JudgeSettings
from echoloop.records import Answered, Comparison, Drop, Item, Keep, Output
from echoloop.records.arrow import from_table


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """Two outputs before one judge, in the order in which they are shown."""

    item: Item
    first: Output
    second: Output
    judge: str
    endpoint: str
    repeat: int

    @property
    def source_posts(self) -> tuple[str, ...]:
        """The posts the prompt came from."""
        return self.item.source_posts


def compare_outputs(
    desk: Desk[JudgeSettings], outputs: pa.Table, items: pa.Table
) -> Iterator[Keep[Comparison] | Drop]:
    """Every drawn pair of models on every item, before every judge, both ways round."""
    by_id = {item.id: item for item in from_table(items, Item)}
    rows: dict[str, dict[int, dict[str, Output]]] = defaultdict(lambda: defaultdict(dict))
    for output in from_table(outputs, Output):
        reason = obstacle(output, by_id.get(output.item))
        if reason:
            yield Drop(key=output.id, reason=reason, detail=output.reason, source_posts=output.source_posts)
        else:
            rows[output.item][output.number][output.model] = output
    matches = [
        match
        for item in sorted(rows)
        for number in sorted(rows[item])
        for match in _matches(desk.settings, by_id[item], rows[item][number])
    ]
    rubric = load_prompt("echoloop.grading", "comparing")
    question = Question[Match, Preference](
        stage="comparisons",
        endpoint=attrgetter("endpoint"),
        render=_render,
        reads=read_choice,
        answers=Preference,
        prompt=rubric,
        batch_rows=256,
    )
    for asked in desk.ask(matches, question):
        yield Keep(_comparison(asked, rubric.id))


def drawn_pairs(settings: JudgeSettings, item: str) -> list[tuple[str, str]]:
    """The pairs of models that are compared on an item: all, or as many as the settings allow, from the seed.

    They are drawn among all contestants, whoever delivered: which pairs are looked at may not hang on who refused.
    """
    pairs = list(combinations([contestant.name for contestant in settings.contestants], 2))
    if settings.pairs_per_item is None or settings.pairs_per_item >= len(pairs):
        return pairs
    drawn = random.Random(f"{settings.seed}/{item}").sample(pairs, settings.pairs_per_item)
    return sorted(drawn, key=pairs.index)


def _matches(settings: JudgeSettings, item: Item, by_model: Mapping[str, Output]) -> Iterator[Match]:
    for one, other in drawn_pairs(settings, item.id):
        if one not in by_model or other not in by_model:
            continue
        for first, second in ((one, other), (other, one)):
            for judge in settings.judges:
                for repeat in range(settings.repeats):
                    yield Match(
                        item=item,
                        first=by_model[first],
                        second=by_model[second],
                        judge=judge.name,
                        endpoint=judge.endpoint,
                        repeat=repeat,
                    )


def _render(row: Match, rendering: Rendering) -> ChatRequest:
    shown = row.first.image or "", row.second.image or ""
    return compare_request(rendering, row.item.prompt, references(row.item), shown, repeat=row.repeat)


def _comparison(asked: Asked[Match, Preference], rubric: str) -> Comparison:
    match, answer = asked.row, asked.answer
    return Comparison(
        id=f"{match.first.id}|{match.second.id}/{match.judge}/{match.repeat}",
        item=match.item.id,
        split=match.item.split,
        first=match.first.model,
        second=match.second.model,
        first_output=match.first.id,
        second_output=match.second.id,
        judge=match.judge,
        repeat=match.repeat,
        choice=answer.value.choice if isinstance(answer, Answered) else None,
        rationale=said(answer),
        rubric=rubric,
        source_posts=match.source_posts,
        **call_fields(asked),
    )
