"""Running a suite: its tasks, pictures by generate's own stages or from a folder, judges or a detector, scores."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from echoloop.calls import load_prompt
from echoloop.cli.acts import summary
from echoloop.cli.composing import House, get_ready, read_house, session_over
from echoloop.cli.composing_models import image_model
from echoloop.cli.messages import counted, say
from echoloop.cli.options import Place, Running
from echoloop.cli.planning import Plan
from echoloop.engine import Session, Stage, StageResult
from echoloop.generate import GenerateSettings, generate_stages
from echoloop.records import FileMatch, Mistake, SuiteTask
from echoloop.records.arrow import from_table
from echoloop.suites import (
    FolderSettings,
    LayoutName,
    Loaded,
    Suite,
    answer_stage,
    detector_stage,
    folder_content,
    folder_stages,
    load_tasks,
    open_suite,
    result_stages,
    task_stages,
    told,
)
from echoloop.suites.detectors import open_detector
from echoloop.suites.tables import (
    items_table,
    matches_table,
    outputs_table,
    rewrites_table,
    tasks_table,
    there,
)
from echoloop.workspace import Workspace, writing

_LISTED = 20
_ON_THE_HUB = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)(?::(?P<path>.+))?")
_ENDINGS = (".jsonl", ".json", ".csv", ".tsv", ".parquet", ".txt")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was asked for on the command line."""

    suite: str
    models: tuple[str, ...] = ()
    judges: tuple[str, ...] = ()
    items: str = ""
    folder: Path | None = None
    made_by: str = ""
    layout: LayoutName = "auto"
    grid: bool = False
    detector: str = ""
    strict: bool = False


def run_suite(wish: Wish, place: Place, running: Running) -> None:
    """All of it, under the workspace's lock; what is fresh is left alone."""
    house = read_house(place)
    suite = open_suite(wish.suite)
    _check(wish, suite, house)
    run = get_ready(house, running)
    with writing(house.workspace) as workspace:
        loaded = _loaded(wish, suite, workspace)
        if loaded is not None:
            _leave_other_tasks(suite, loaded, workspace)
        with session_over(workspace, house, running, run, force=running.force) as opened:
            results = opened.run(task_stages(suite, loaded))
            _check_tasks(suite, opened)
            for model, stages in _drawing(wish, suite, house):
                results += opened.run(stages)
                _check_matches(wish, suite, model, opened.workspace)
                results += opened.run(_looking(wish, suite, house, model))
            results += _conclude(wish, suite, house, opened)
            say(summary(results))
            say(f"The tables are in {opened.workspace.tables.folder}")


def plan_suite(wish: Wish, place: Place) -> None:
    """What would be asked, and what that would cost. Nothing is sent and no table is written."""
    house = read_house(place)
    suite = open_suite(wish.suite)
    _check(wish, suite, house)
    running = Running(quiet=True)
    run = get_ready(house, running)
    with writing(house.workspace) as workspace:
        loaded = _loaded(wish, suite, workspace)
        with session_over(workspace, house, running, run, mode="plan", force=False) as opened:
            stages = task_stages(suite, loaded)
            for model, drawing in _drawing(wish, suite, house):
                stages += [*drawing, *_looking(wish, suite, house, model)]
            for line in Plan(opened).lines({suite.name: stages}):
                say(line)


def items_file(items: str, suite: Suite) -> Path | None:
    """The published file: one that is here, or one from the hub. None where none was named."""
    if not items:
        return None
    path = Path(items)
    if path.exists():
        return path
    on_hub = _ON_THE_HUB.fullmatch(items)
    if on_hub is None or (on_hub["path"] is None and items.endswith(_ENDINGS)):
        raise Mistake(
            "there is no such file of tasks",
            where=path.absolute(),
            remedy=f"Name the published file ({suite.file}) with --items; `echoloop suite show {suite.name}` says where it is.",
        )
    return _from_hub(on_hub["repo"], on_hub["path"] or suite.file)


def _from_hub(repo: str, path: str) -> Path:
    try:
        from huggingface_hub import hf_hub_download
    except ImportError as error:
        raise Mistake(
            f"{repo} is a dataset on the hub, and what fetches it is not installed",
            remedy="Install echoloop[publish], or download the file and name it with --items.",
        ) from error
    try:
        return Path(hf_hub_download(repo, path, repo_type="dataset"))
    except Exception as error:
        raise Mistake(
            f"{path} of {repo} could not be fetched: {str(error).splitlines()[0][:200]}",
            remedy="Check the name and the network, or download the file and name it with --items.",
        ) from error


def _check(wish: Wish, suite: Suite, house: House) -> None:
    """Everything that can be seen to be wrong before anything is read or paid."""
    if not wish.models and wish.folder is None:
        raise Mistake(
            "nobody is named who answers",
            remedy="Give --model MODEL (of echoloop.toml), or --outputs FOLDER --name MODEL for pictures made elsewhere.",
        )
    if (wish.folder is None) != (not wish.made_by):
        raise Mistake("--outputs and --name go together", remedy="Give the folder and the model's name.")
    if wish.made_by in wish.models:
        raise Mistake(
            f"{wish.made_by!r} is both drawn and taken from a folder",
            remedy="Give one of them another --name.",
        )
    if wish.grid and suite.samples != 4:
        raise Mistake(
            f"{suite.name} wants {counted(suite.samples, 'picture')} a task, and a grid holds four",
            remedy="Leave out --grid.",
        )
    for name in wish.models:
        if name not in house.settings.models:
            raise Mistake(
                f"there is no image model {name!r}",
                where=house.path,
                remedy=f"Use one of: {', '.join(sorted(house.settings.models)) or 'none yet'}; or add [models.{name}].",
            )
    if suite.detects:
        if not wish.detector:
            raise Mistake(
                f"{suite.name} needs a detector",
                remedy='Give --detector "package.module:function", such as echoloop.lab.detector:open_detector.',
            )
        open_detector(wish.detector)
    else:
        _judges(wish, house)


def _judges(wish: Wish, house: House) -> list[str]:
    names = list(dict.fromkeys(wish.judges or house.settings.roles.judges))
    if not names:
        raise Mistake(
            "there are no judges", where=house.path, remedy="Give --judge ENDPOINT, or judges under [roles]."
        )
    return [house.known(name, "suite") for name in names]


def _loaded(wish: Wish, suite: Suite, workspace: Workspace) -> Loaded | None:
    """The tasks of the file that was named; None where those that are here stay."""
    path = items_file(wish.items, suite)
    if path is None:
        if workspace.tables.manifest(tasks_table(suite.name)) is None:
            raise Mistake(
                f"the tasks of {suite.name} are not here yet",
                remedy=f"Name the published file once with --items FILE ({suite.file}"
                + (f", on the hub as {suite.hub})." if suite.hub else ")."),
            )
        return None
    loaded = load_tasks(suite, path, workspace.images)
    for fault in loaded.faults[:_LISTED]:
        say(f"  {told(fault)}")
    if len(loaded.faults) > _LISTED:
        say(f"  and {len(loaded.faults) - _LISTED:,} more")
    say(f"{counted(len(loaded.tasks), 'task')} of {suite.name} loaded from {path.name}.")
    if not loaded.tasks:
        raise Mistake(
            "no task could be loaded",
            where=path,
            remedy=f"`echoloop suite show {suite.name}` says what the file is.",
        )
    if wish.strict and loaded.faults:
        raise Mistake(
            f"{counted(len(loaded.faults), 'thing')} in the file of tasks cannot be used or is not as published",
            where=path,
            remedy="Mend the file, or leave out --strict.",
        )
    return loaded


def _leave_other_tasks(suite: Suite, loaded: Loaded, workspace: Workspace) -> None:
    """Pictures of tasks that were others under the same ids are not pictures of these: their tables go, their receipts stay."""
    tables = workspace.tables
    if tables.manifest(tasks_table(suite.name)) is None:
        return
    before = {task.id: task for task in from_table(tables.read(tasks_table(suite.name)), SuiteTask)}
    changed = [task.id for task in loaded.tasks if task.id in before and not _same(task, before[task.id])]
    old = [name for what in ("matches", "outputs", "answers") for name in there(tables, suite.name, what)]
    if not changed or not old:
        return
    say(
        f"{counted(len(changed), 'task')} of {suite.name} ({', '.join(changed[:3])}) {'is' if len(changed) == 1 else 'are'} not what stood under that "
        "name before: the tables of earlier models are taken away. Run them again; receipts answer what is the same."
    )
    for name in old:
        tables.remove(name)
        tables.remove(f"{name}.dropped")


def _same(task: SuiteTask, before: SuiteTask) -> bool:
    return (task.prompt, task.input_images, task.metadata) == (
        before.prompt,
        before.input_images,
        before.metadata,
    )


def _check_tasks(suite: Suite, session: Session) -> None:
    if not session.read(tasks_table(suite.name)).num_rows:
        raise Mistake(f"{suite.name} has no task left", remedy="Name its published file with --items.")


def _drawing(wish: Wish, suite: Suite, house: House) -> list[tuple[str, list[Stage]]]:
    """For each model the stages that bring its pictures."""
    found: list[tuple[str, list[Stage]]] = []
    for name in dict.fromkeys(wish.models):
        settings = GenerateSettings(
            models=(image_model(house, name),), samples=suite.samples, seed=house.settings.generate.seed
        )
        found.append((name, [_renamed(stage, suite, name) for stage in generate_stages(settings)]))
    if wish.folder is not None:
        folder = wish.folder.absolute()
        settings = FolderSettings(
            suite=wish.suite,
            model=wish.made_by,
            folder=str(folder),
            content=folder_content(folder),
            layout=wish.layout,
            grid="2x2" if wish.grid else "",
            samples=suite.samples,
            ending=suite.ending,
        )
        found.append((wish.made_by, folder_stages(suite, settings)))
    return found


def _renamed(stage: Stage, suite: Suite, model: str) -> Stage:
    """A stage of generate over the tables of a suite."""
    names = {
        "items": items_table(suite.name),
        "rewrites": rewrites_table(suite.name, model),
        "matches": matches_table(suite.name, model),
        "outputs": outputs_table(suite.name, model),
    }
    return replace(
        stage,
        act="suites",
        reads=tuple(names[name] for name in stage.reads),
        also=tuple((names[name], record) for name, record in stage.also),
        table=names[stage.output],
    )


def _looking(wish: Wish, suite: Suite, house: House, model: str) -> list[Stage]:
    if suite.detects:
        return [detector_stage(suite, wish.suite, model, wish.detector)]
    return [answer_stage(suite, wish.suite, model, judge, judge) for judge in _judges(wish, house)]


def _conclude(wish: Wish, suite: Suite, house: House, session: Session) -> list[StageResult]:
    """Scores and table over everything that was ever drawn and judged here."""
    tables = session.workspace.tables
    stages = result_stages(
        suite,
        wish.suite,
        there(tables, suite.name, "outputs"),
        _under_one_rubric(suite, session.workspace),
        resamples=house.settings.judge.resamples,
        seed=house.settings.judge.seed,
    )
    return session.run(stages, first=90)


def _under_one_rubric(suite: Suite, workspace: Workspace) -> list[str]:
    """The tables of answers, without those that were given under a rubric which is no longer ours."""
    now = {load_prompt(*rubric).id for rubric in suite.rubrics} | {""}
    kept: list[str] = []
    for name in there(workspace.tables, suite.name, "answers"):
        if set(workspace.tables.read(name).column("rubric").to_pylist()) <= now:
            kept.append(name)
        else:
            say(f"{name} was answered under another rubric and is left out; run that model and judge again.")
    return kept


def _check_matches(wish: Wish, suite: Suite, model: str, workspace: Workspace) -> None:
    """Say what of a folder does not fit, by name."""
    if wish.folder is None or model != wish.made_by:
        return
    rows = from_table(workspace.tables.read(matches_table(suite.name, model)), FileMatch)
    wrong = [row for row in rows if row.state != "matched"]
    for row in wrong[:_LISTED]:
        say(f"  {row.state:<10} {_place(row)}: {row.reason}")
    if len(wrong) > _LISTED:
        say(f"  and {len(wrong) - _LISTED:,} more, in the table {matches_table(suite.name, model)}")
    _say_odd(rows)
    if wish.strict and wrong:
        raise Mistake(
            f"{counted(len(wrong), 'file or task', 'files or tasks')} of the folder do not match",
            where=wish.folder,
            remedy="Mend the folder and run the same command again, or leave out --strict.",
        )


def _say_odd(rows: Sequence[FileMatch]) -> None:
    odd = [row for row in rows if row.state == "matched" and row.reason]
    for row in odd[:3]:
        say(f"  taken      {_place(row)}: {row.reason}")
    if len(odd) > 3:
        say(f"  and {len(odd) - 3:,} more like these")


def _place(row: FileMatch) -> str:
    return row.file or f"task {row.item}" + (f", picture {row.number}" if row.number else "")
