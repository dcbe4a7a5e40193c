"""Canaries: the same pictures before the same judges, again each round, so that a judge that has changed is noticed.

The first round chooses the pictures; every later one shows exactly those. A round belongs to one set of outputs, so a run that
changes nothing takes no new round, and a killed one goes on with its own.
"""

import random
from collections.abc import Iterator, Sequence
from operator import attrgetter

import msgspec
import pyarrow as pa

from echoloop.calls import ChatRequest, load_prompt
from echoloop.engine import Asked, Desk, Question, Rendering, Stage, call_fields
from echoloop.grading import Grade, grade_request, read_grade
from echoloop.judge.hearing import obstacle, references
from echoloop.judge.settings import CanarySettings
from echoloop.records import Answered, Canary, Item, Keep, Output
from echoloop.records.arrow import from_table

_FIRST_REPEAT = 1_000_000
"""Where the attempt indices of canaries begin: far from those of ordinary repeats, so that no receipt serves both."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A picture before a judge, in a round."""

    item: str
    prompt: str
    references: tuple[str, ...]
    picture: str
    judge: str
    endpoint: str
    round: int
    source_posts: tuple[str, ...]


def canary_table(number: int) -> str:
    """The table of a round."""
    return f"canaries_{number:03d}"


def canary_stage(settings: CanarySettings) -> Stage:
    """One round of showing the judges what they have seen before."""
    first = settings.round == settings.first
    return Stage(
        act="judge",
        name="canaries",
        does="show every judge the same few pictures again",
        reads=("outputs", "items") if first else (canary_table(settings.first),),
        writes=Canary,
        run=choose_canaries if first else show_canaries_again,
        settings=settings,
        prompts=(load_prompt("echoloop.grading", "rubric"),),
        endpoints=tuple(judge.endpoint for judge in settings.judges),
        table=canary_table(settings.round),
    )


def choose_canaries(desk: Desk[CanarySettings], outputs: pa.Table, items: pa.Table) -> Iterator[Keep[Canary]]:
    """The first round: a few outputs, drawn from the seed, spread over the models."""
    by_id = {item.id: item for item in from_table(items, Item)}
    there = [one for one in from_table(outputs, Output) if not obstacle(one, by_id.get(one.item))]
    chosen = _spread(there, desk.settings.pictures, desk.settings.seed)
    shown = [
        (
            by_id[one.item].prompt,
            tuple(references(by_id[one.item])),
            one.image or "",
            one.item,
            one.source_posts,
        )
        for one in chosen
    ]
    yield from _ask(desk, shown)


def show_canaries_again(desk: Desk[CanarySettings], first: pa.Table) -> Iterator[Keep[Canary]]:
    """A later round: what the first one showed."""
    seen = {(one.item, one.picture): one for one in from_table(first, Canary)}
    yield from _ask(
        desk, [(one.prompt, one.references, one.picture, one.item, one.source_posts) for one in seen.values()]
    )


def _spread(outputs: Sequence[Output], count: int, seed: int) -> list[Output]:
    """As many of each model as of any other, as far as there are any."""
    dealt = random.Random(seed)
    by_model: dict[str, list[Output]] = {}
    for output in sorted(outputs, key=attrgetter("id")):
        by_model.setdefault(output.model, []).append(output)
    for own in by_model.values():
        dealt.shuffle(own)
    rounds = max((len(own) for own in by_model.values()), default=0)
    in_turn = [own[turn] for turn in range(rounds) for own in by_model.values() if turn < len(own)]
    return in_turn[:count]


def _ask(
    desk: Desk[CanarySettings],
    shown: Sequence[tuple[str, tuple[str, ...], str, str, tuple[str, ...]]],
) -> Iterator[Keep[Canary]]:
    settings = desk.settings
    rubric = load_prompt("echoloop.grading", "rubric")
    rows = [
        Shown(
            item=item,
            prompt=prompt,
            references=before,
            picture=picture,
            judge=judge.name,
            endpoint=judge.endpoint,
            round=settings.round,
            source_posts=posts,
        )
        for prompt, before, picture, item, posts in shown
        for judge in settings.judges
    ]
    question = Question[Shown, Grade](
        stage="canaries",
        endpoint=attrgetter("endpoint"),
        render=_render,
        reads=read_grade,
        answers=Grade,
        prompt=rubric,
    )
    for asked in desk.ask(rows, question):
        yield Keep(_canary(desk, asked, rubric.id))


def _render(row: Shown, rendering: Rendering) -> ChatRequest:
    repeat = _FIRST_REPEAT + row.round
    return grade_request(rendering, row.prompt, row.references, row.picture, repeat=repeat)


def _canary(desk: Desk[CanarySettings], asked: Asked[Shown, Grade], rubric: str) -> Canary:
    row, answer = asked.row, asked.answer
    return Canary(
        round=row.round,
        release=desk.settings.release,
        made_for=desk.settings.made_for,
        judge=row.judge,
        served_by=desk.endpoint(row.endpoint).identity,
        item=row.item,
        prompt=row.prompt,
        references=row.references,
        picture=row.picture,
        score=answer.value.score if isinstance(answer, Answered) else None,
        rubric=rubric,
        source_posts=row.source_posts,
        **call_fields(asked),
    )
