"""DPG-Bench: long prompts as graphs of yes/no questions. What hangs on a "no" is no; the mean over four pictures a prompt."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypedDict, cast

from echoloop.records import SuitePreset, SuiteTask
from echoloop.suites.csv_rows import csv_rows
from echoloop.suites.intake import Intake, expect_count
from echoloop.suites.question_graph import cycle_in, no_by_graph
from echoloop.suites.reading_numbers import read_yes_no
from echoloop.suites.suite import Heard, Json, Look, Measure, Rubric, Scored, Suite, plain_mean

CATEGORIES = ("global", "entity", "attribute", "relation", "other")
_ITEMS = 1065
_COLUMNS = (
    "item_id",
    "text",
    "proposition_id",
    "dependency",
    "category_broad",
    "tuple",
    "question_natural_language",
)
_RUBRIC = Rubric("echoloop.suites", "dpg_bench")


class _Question(TypedDict):
    """A question as it is kept with its task. `parents` as published, 0 (none) left out; `category` is its broad one."""

    id: int
    text: str
    parents: list[int]
    category: str


class _Row(NamedTuple):
    line: int
    item: str
    prompt: str
    question: _Question


def load(path: Path, intake: Intake) -> Iterator[SuiteTask]:
    """A CSV with a row a question, those of a prompt together: item_id, text, proposition_id, dependency, tuple, the question ..."""
    done: dict[str, int] = {}
    gathered: list[_Row] = []
    for row in _rows(path, intake):
        if gathered and gathered[0].item != row.item:
            yield from _finished(gathered, done, intake)
            gathered = []
        gathered.append(row)
    if gathered:
        yield from _finished(gathered, done, intake)
    expect_count(intake, len(done), _ITEMS, "prompts")


def looks(task: SuiteTask) -> tuple[Look, ...]:
    """Each question on its own, as published: who is asked for all at once makes the answers agree."""
    return tuple(
        Look(part=str(one["id"]), rubric=_RUBRIC, data={"question": one["text"]}, read=_read)
        for one in _questions(task)
    )


def score(task: SuiteTask, heard: Mapping[str, Heard], preset: SuitePreset) -> Scored:
    """The share of the questions that hold, by the graph. A picture of which one cannot be said has none."""
    questions = _questions(task)
    if preset == "released_code":
        return _score_as_released(task, questions, heard)
    answers = {one["id"]: _answer(heard[str(one["id"])]) for one in questions}
    lost = no_by_graph({one["id"]: one["parents"] for one in questions}, answers)
    holds = {name: False if name in lost else answer for name, answer in answers.items()}
    unknown = [name for name, answer in holds.items() if answer is None]
    parts = _shares(questions, holds)
    if unknown:
        first = heard[str(unknown[0])]
        why = first.reason or first.state
        if len(unknown) == len(questions):
            return Scored(value=None, reason=why)
        return Scored(value=None, parts=parts, reason=f"not every question has an answer: {why}")
    return Scored(value=sum(map(bool, holds.values())) / len(holds), parts=parts)


def measures(tasks: Sequence[SuiteTask], preset: SuitePreset) -> list[Measure]:
    """The mean over the prompts, and, by our rule, the mean share of each category over the prompts that ask of it."""
    if preset == "released_code":
        return [plain_mean("overall", tasks)]
    asking = {
        category: [task for task in tasks if any(one["category"] == category for one in _questions(task))]
        for category in CATEGORIES
    }
    return [
        plain_mean("overall", tasks),
        *(plain_mean(category, own, category) for category, own in asking.items() if own),
    ]


DPG_BENCH = Suite(
    name="dpg_bench",
    title="DPG-Bench",
    about=(
        "1,065 dense prompts, four pictures each, and some 13 yes/no questions a prompt whose graph says which hang on which: where one is no, what hangs on it "
        "is no. Any vision endpoint answers, a call a question: about 55,000 a model. Published with ELLA (arXiv 2403.05135), answered there by mPLUG-large, so "
        "numbers of another judge are not those of the paper. Scores are shares; papers print them times 100."
    ),
    hub="github.com/TencentQQGYLab/ELLA:dpg_bench/dpg_bench.csv",
    file="dpg_bench.csv",
    samples=4,
    load=load,
    rubrics=(_RUBRIC,),
    looks=looks,
    score=score,
    measures=measures,
    quirks={
        "first row": (
            "The first question of the file is skipped. Where others of its prompt hang on it, the script fails on that prompt, which then does not count at all."
        ),
        "reading": "Only the very answer `yes` counts: `Yes`, `yes.` and a judge that failed are all no.",
        "graph": (
            "Questions are gone through in the order of the file, so that one that stands before what it hangs on does not see a no that came to that from further "
            "up. A prompt with a question that hangs on none that there is does not count."
        ),
        "absences": "A picture that is missing leaves the mean.",
        "categories": (
            "The public table of categories is of each prompt's last picture alone and from before the graph is applied, over questions and not prompts. It is not "
            "reproduced; ours is of all pictures, by the graph."
        ),
    },
)


def _read(text: str) -> Json:
    return read_yes_no(text)


def _answer(one: Heard) -> bool | None:
    return one.value if isinstance(one.value, bool) else None


def _questions(task: SuiteTask) -> list[_Question]:
    return cast(list[_Question], json.loads(task.metadata)["questions"])


def _shares(questions: Sequence[_Question], holds: Mapping[int, bool | None]) -> dict[str, float]:
    """The share that holds of each category whose questions all have an answer."""
    shares: dict[str, float] = {}
    for category in CATEGORIES:
        own = [holds[one["id"]] for one in questions if one["category"] == category]
        if own and None not in own:
            shares[category] = sum(map(bool, own)) / len(own)
    return shares


def _score_as_released(task: SuiteTask, questions: list[_Question], heard: Mapping[str, Heard]) -> Scored:
    if not all(one.picture for one in heard.values()):
        return Scored(value=None, reason=next((one.reason for one in heard.values()), "") or "no picture")
    if json.loads(task.metadata)["first"]:
        questions = questions[1:]
    if not questions:
        return Scored(value=None, reason="the public script skips the only question of this prompt")
    holds = {one["id"]: heard[str(one["id"])].text == "yes" for one in questions}
    for one in questions:
        for parent in one["parents"]:
            if parent not in holds:
                why = f"question {one['id']} hangs on {parent}, which it does not know"
                return Scored(value=None, reason=f"the public script fails on this prompt: {why}")
            if not holds[parent]:
                holds[one["id"]] = False
                break
    return Scored(value=sum(holds.values()) / len(holds))


def _finished(rows: Sequence[_Row], done: dict[str, int], intake: Intake) -> Iterator[SuiteTask]:
    """The task that these rows make, unless one of that name was there, or its questions hang on each other in a circle."""
    first = rows[0]
    if first.item in done:
        intake.wrong(first.line, f"the prompt was there in line {done[first.item]} already", first.item)
        return
    questions = _distinct(rows, intake)
    cycle = cycle_in({one["id"]: one["parents"] for one in questions})
    if cycle:
        shown = ", ".join(map(str, cycle))
        intake.wrong(
            _line_of(rows, cycle[0]), f"questions hang on each other in a circle: {shown}", first.item
        )
        return
    known = {one["id"] for one in questions}
    for row in rows:
        lost = [parent for parent in row.question["parents"] if parent not in known]
        if lost:
            what = f"question {row.question['id']} hangs on {lost[0]}, which is not there; it is taken to hang on nothing"
            intake.wrong(row.line, what, first.item)
        if row.prompt != first.prompt:
            intake.wrong(row.line, "another text than in the prompt's first row", first.item)
    done[first.item] = first.line
    yield SuiteTask(
        id=first.item,
        suite="dpg_bench",
        line=first.line,
        prompt=first.prompt,
        group=_most_common(questions),
        metadata=json.dumps({"questions": questions, "first": len(done) == 1}, ensure_ascii=False),
    )


def _distinct(rows: Sequence[_Row], intake: Intake) -> list[_Question]:
    questions: dict[int, _Question] = {}
    for row in rows:
        if row.question["id"] in questions:
            intake.wrong(row.line, f"question {row.question['id']} was there already", row.item)
        else:
            questions[row.question["id"]] = row.question
    return list(questions.values())


def _line_of(rows: Sequence[_Row], question: int) -> int:
    return next(row.line for row in rows if row.question["id"] == question)


def _most_common(questions: Sequence[_Question]) -> str:
    return Counter(one["category"] for one in questions).most_common(1)[0][0]


def _rows(path: Path, intake: Intake) -> Iterator[_Row]:
    for line, row in csv_rows(path, _COLUMNS, intake):
        item, prompt = row["item_id"].strip(), row["text"].strip()
        try:
            question = _question(row)
        except ValueError as error:
            intake.wrong(line, str(error), item)
            continue
        if item and prompt:
            yield _Row(line, item, prompt, question)
        else:
            intake.wrong(line, "no text of a prompt" if item else "no item_id", item)


def _question(row: Mapping[str, str]) -> _Question:
    text = row["question_natural_language"].strip()
    if not text:
        raise ValueError("no question")
    written = row["dependency"].strip()
    parents = [_whole(one, "dependency") for one in written.split(",")] if written else []
    category = (row["category_broad"] or row["tuple"].split("(")[0].split("-")[0]).strip().lower()
    return _Question(
        id=_whole(row["proposition_id"], "proposition_id"),
        text=text,
        parents=[parent for parent in dict.fromkeys(parents) if parent],
        category=category if category in CATEGORIES else "other",
    )


def _whole(said: str, column: str) -> int:
    """A whole number, also where a spreadsheet made it 3.0."""
    digits = said.strip().removesuffix(".0")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10):
        raise ValueError(f"{column} is {said.strip()[:20]!r}: it is a whole number")
    return int(digits)
