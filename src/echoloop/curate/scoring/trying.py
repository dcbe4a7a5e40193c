"""Letting endpoints do the real stages over labelled conversations, one stage at a time."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from echoloop.curate.scoring.gold import LabelledThread
from echoloop.curate.scoring.measuring import (
    AnnotatorScore,
    Scored,
    StageName,
    measure_relevance,
    measure_samples,
)
from echoloop.curate.scoring.metering import Meter
from echoloop.curate.settings import CurateSettings
from echoloop.curate.stages import curate_stages
from echoloop.engine import NoAnswers, Session, Stage
from echoloop.records import Post, Relevance, Sample
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace import Tables

_UNTIL: tuple[StageName, ...] = ("extraction", "pictures", "screenshots")
_THOUSAND = 1_000
Scores = Mapping[str, int | None]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one endpoint in one stage."""

    stage: StageName
    endpoint: str
    scored: Scored


def try_relevance(
    session: Session,
    gold: Sequence[LabelledThread],
    stage: Stage,
    read_scores: Callable[[Tables], Scores],
    keep_from: int,
    *,
    seed: int = 0,
) -> Trial:
    """The stage that scores relevance, over the labelled posts."""
    labelled = {label.post for one in gold for label in one.relevance or ()}
    found = [post for one in gold for post in one.posts if post.url in labelled]
    tables, meter = session.workspace.tables, Meter()
    tables.write("found", to_table(found, Post), Post)
    (endpoint,) = stage.endpoints
    failed = _run(session, [meter.on(stage)])
    scores = {} if failed else read_scores(tables)
    scored = measure_relevance(gold, scores, keep_from, seed=seed)
    return _trial(session, "relevance", endpoint, scored, meter, len(found), failed)


def try_reader(
    session: Session,
    gold: Sequence[LabelledThread],
    stage: StageName,
    endpoint: str,
    settings: CurateSettings,
    keep_from: int,
    *,
    seed: int = 0,
) -> Trial:
    """An endpoint in one of the stages from conversations to samples; the others are done by whom the settings name.

    The samples are judged as they are after all of these stages, as the benchmark will hold them. A conversation about which the
    endpoint gave no answer is left out of the figures and counted beside them.
    """
    read = [one for one in gold if one.samples is not None and _relevant(one, keep_from)]
    tables = session.workspace.tables
    posts = [post for one in read for post in one.posts]
    tables.write("posts", to_table(posts, Post), Post)
    tables.write("relevance", to_table(map(_taken_as_relevant, posts), Relevance), Relevance)
    meter = Meter()
    stages = curate_stages(_with(settings, stage, endpoint))[: 1 + len(_UNTIL)]
    failed = _run(session, [meter.on(one) if one.name == stage else one for one in stages])
    found = [] if failed else from_table(tables.read(stages[-1].output), Sample)
    answered = [one for one in read if meter.unanswered_about.isdisjoint(post.url for post in one.posts)]
    scored = measure_samples(stage, [] if failed else answered, found, seed=seed)
    return _trial(session, stage, endpoint, scored, meter, len(posts), failed)


def _run(session: Session, stages: Sequence[Stage]) -> str:
    """Why there are no answers; empty where there are."""
    try:
        session.run(stages)
    except NoAnswers as problem:
        return f"{problem.what}: {problem.where}"
    return ""


def _with(settings: CurateSettings, stage: StageName, endpoint: str) -> CurateSettings:
    role: dict[str, Any] = {"extraction": "reader", "pictures": "viewer", "screenshots": "boxer"}
    return msgspec.structs.replace(settings, **{role[stage]: endpoint})


def _relevant(thread: LabelledThread, keep_from: int) -> bool:
    """Whether the pipeline would read it. Without labels of relevance it is there to be read."""
    return thread.relevance is None or any(label.high >= keep_from for label in thread.relevance)


def _taken_as_relevant(post: Post) -> Relevance:
    return Relevance(post=post.url, score=5, state="answered", source_posts=post.source_posts)


def _trial(
    session: Session,
    stage: StageName,
    endpoint: str,
    scored: Scored,
    meter: Meter,
    posts: int,
    failed: str,
) -> Trial:
    price = None if meter.cost is None or not posts else meter.cost / posts * _THOUSAND

    def owned(figure: AnnotatorScore) -> AnnotatorScore:
        return msgspec.structs.replace(
            figure,
            endpoint=endpoint,
            model=session.endpoints[endpoint].pinned_model,
            calls=meter.calls,
            answered=meter.answered,
            price=price,
            reason=failed or figure.reason,
        )

    figures = tuple(owned(figure) for figure in scored.figures)
    return Trial(stage=stage, endpoint=endpoint, scored=msgspec.structs.replace(scored, figures=figures))
