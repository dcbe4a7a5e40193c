"""The stages of a suite. Drawing the pictures is another act's, between the items and the answers."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pyarrow as pa

from echoloop.calls import load_prompt
from echoloop.engine import Desk, Stage
from echoloop.records import FileMatch, Item, Keep, Output, SuiteAnswer, SuiteRow, SuiteScore, SuiteTask
from echoloop.records.arrow import from_table
from echoloop.suites.asking import ask_judge, let_detector_look
from echoloop.suites.loading import Loaded, write_tasks
from echoloop.suites.measuring import make_table
from echoloop.suites.outputs import match_files, take_outputs
from echoloop.suites.scoring import score_tasks
from echoloop.suites.settings import (
    AnswerSettings,
    FolderSettings,
    ItemSettings,
    ResultSettings,
    ScoreSettings,
    TaskSettings,
    code_of,
)
from echoloop.suites.suite import Suite
from echoloop.suites.tables import (
    answers_table,
    items_table,
    matches_table,
    outputs_table,
    result_table,
    scores_table,
    tasks_table,
)


def task_stages(suite: Suite, loaded: Loaded | None) -> list[Stage]:
    """What was loaded becomes tasks, and tasks become items for whoever draws. Without anything loaded, the tasks stay."""
    items = Stage(
        act="suites",
        name="items",
        does="make items of the tasks",
        reads=(tasks_table(suite.name),),
        writes=Item,
        run=make_items,
        settings=ItemSettings(suite=suite.name),
        table=items_table(suite.name),
    )
    if loaded is None:
        return [items]
    tasks = Stage(
        act="suites",
        name="tasks",
        does="take in the tasks of a published file",
        reads=(),
        writes=SuiteTask,
        run=partial(write_tasks, loaded),
        settings=TaskSettings(suite=suite.name, content=loaded.content),
        table=tasks_table(suite.name),
    )
    return [tasks, items]


def folder_stages(suite: Suite, settings: FolderSettings) -> list[Stage]:
    """Pictures made elsewhere: which file is for which task, and what is in them."""
    tasks, matches = tasks_table(suite.name), matches_table(suite.name, settings.model)
    return [
        Stage(
            act="suites",
            name="matches",
            does="find the task that each file of a folder is for",
            reads=(tasks,),
            writes=FileMatch,
            run=match_files,
            settings=settings,
            table=matches,
        ),
        Stage(
            act="suites",
            name="outputs",
            does="take the pictures of a folder",
            reads=(tasks, matches),
            writes=Output,
            run=take_outputs,
            settings=settings,
            table=outputs_table(suite.name, settings.model),
        ),
    ]


def answer_stage(suite: Suite, reference: str, model: str, judge: str, endpoint: str) -> Stage:
    """One judge looks at one model's pictures. `reference` is what `open_suite` knows the suite by."""
    return Stage(
        act="suites",
        name="answers",
        does=f"ask {judge} about the pictures of {model}",
        reads=(tasks_table(suite.name), outputs_table(suite.name, model)),
        writes=SuiteAnswer,
        run=ask_judge,
        settings=AnswerSettings(
            suite=reference, code=code_of(suite), model=model, judge=judge, endpoint=endpoint
        ),
        prompts=tuple(load_prompt(*rubric) for rubric in suite.rubrics),
        endpoints=(endpoint,),
        table=answers_table(suite.name, model, judge),
    )


def detector_stage(suite: Suite, reference: str, model: str, detector: str) -> Stage:
    """A detector looks at one model's pictures."""
    stage = answer_stage(suite, reference, model, detector, "")
    return replace(
        stage,
        does=f"let {detector} look at the pictures of {model}",
        run=let_detector_look,
        settings=AnswerSettings(
            suite=reference, code=code_of(suite), model=model, judge=detector, detector=detector
        ),
        endpoints=(),
    )


def result_stages(
    suite: Suite,
    reference: str,
    outputs: Sequence[str],
    answers: Sequence[str],
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> list[Stage]:
    """Scores and the table, over the tables of outputs and answers that are named."""
    tasks, scores, code = tasks_table(suite.name), scores_table(suite.name), code_of(suite)
    return [
        Stage(
            act="suites",
            name="scores",
            does="score every task under both presets",
            reads=(tasks, *outputs, *answers),
            writes=SuiteScore,
            run=score_tasks,
            settings=ScoreSettings(suite=reference, code=code, outputs=len(outputs)),
            table=scores,
        ),
        Stage(
            act="suites",
            name="table",
            does="turn scores into measures with intervals",
            reads=(tasks, scores),
            writes=SuiteRow,
            run=make_table,
            settings=ResultSettings(suite=reference, code=code, resamples=resamples, seed=seed),
            table=result_table(suite.name),
        ),
    ]


def make_items(desk: Desk[ItemSettings], tasks: pa.Table) -> list[Keep[Item]]:
    """A task as what an image model is given."""
    del desk
    return [
        Keep(
            Item(
                id=task.id,
                split="image_to_image" if task.input_images else "text_to_image",
                sample=task.id,
                prompt=task.prompt,
                quality="Benchmark",
                input_images=task.input_images,
                language=task.language,
                task=task.group,
                source_posts=task.source_posts,
            )
        )
        for task in from_table(tasks, SuiteTask)
    ]
