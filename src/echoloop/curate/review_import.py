"""A filled-in review file back into events. Either every row of it is sound, or nothing of it is taken."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import msgspec
from pydantic import AwareDatetime, BaseModel, ValidationError, field_validator

from echoloop.curate.review_files import TO_FILL_IN, TO_READ
from echoloop.curate.review_reading import read_fields
from echoloop.records import Mistake, ReviewAction, ReviewEvent, Sample, admit_text

_MOST_TOLD = 20
_AHEAD = timedelta(days=1)
_MAY_BE: Mapping[str, str] = MappingProxyType(
    {
        "action": "it may be accept, reject, edit, flag or skip, or stay empty where nothing is decided",
        "at": "it is a time with its zone, such as 2025-06-01T10:00:00+00:00, or empty for now",
    }
)


class ReviewRow(BaseModel, extra="ignore", frozen=True):
    """What a person filled in. Without an action nothing was decided."""

    sample: str
    action: Literal["", "accept", "reject", "edit", "flag", "skip"] = ""
    new_prompt: str = ""
    note: str = ""
    reviewer: str = ""
    at: AwareDatetime | None = None

    @field_validator("at", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("action", mode="before")
    @classmethod
    def _in_small_letters(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("sample", "action", "new_prompt", "note", "reviewer", mode="before")
    @classmethod
    def _trimmed(cls, value: Any) -> Any:
        return admit_text(value).text.strip() if isinstance(value, str) else "" if value is None else value


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """All events there are now, how many of them are new, and how many rows were known already.

    `overtaken` rows repeat, without a time of their own, what their reviewer has since decided otherwise.
    """

    events: tuple[ReviewEvent, ...]
    added: int
    known: int
    overtaken: int


def import_reviews(
    path: Path,
    samples: Mapping[str, Sample],
    before: Sequence[ReviewEvent],
    *,
    reviewer: str = "",
    now: datetime | None = None,
) -> Imported:
    """Read a file and add its decisions to those before. Reading the same file again adds nothing."""
    moment = now or datetime.now(UTC)
    rows: list[ReviewRow] = []
    wrong: list[str] = []
    for where, fields in read_fields(path):
        row, problems = _checked(fields, samples, reviewer, moment)
        wrong += [f"{path.name}:{where}: {problem}" for problem in problems]
        if row is not None and row.action:
            rows.append(row)
    if wrong:
        told = "\n".join(f"  - {one}" for one in wrong[:_MOST_TOLD])
        more = f"\n  - and {len(wrong) - _MOST_TOLD:,} more" if len(wrong) > _MOST_TOLD else ""
        mistakes = "1 mistake" if len(wrong) == 1 else f"{len(wrong):,} mistakes"
        raise Mistake(
            f"{mistakes}, so nothing was imported:\n{told}{more}",
            where=path,
            remedy="Put them right and import the file again.",
        )
    return _added(rows, samples, before, moment)


def _added(
    rows: Sequence[ReviewRow],
    samples: Mapping[str, Sample],
    before: Sequence[ReviewEvent],
    moment: datetime,
) -> Imported:
    events = {event.id: event for event in before}
    latest = {_subject(event): event for event in sorted(before, key=lambda event: (event.at, event.id))}
    known = overtaken = 0
    decided: list[tuple[ReviewRow, ReviewAction]] = [
        (row, action) for row in rows for action in _actions(row)
    ]
    for turn, (row, action) in enumerate(decided):
        event = _event(row, action, samples[row.sample], moment + timedelta(microseconds=turn))
        if event.id not in events:
            events[event.id] = event
            continue
        known += 1
        now = latest.get(_subject(event))
        if row.at is None and now is not None and (now.action, now.prompt) != (event.action, event.prompt):
            overtaken += 1
    return Imported(
        events=tuple(events.values()), added=len(events) - len(before), known=known, overtaken=overtaken
    )


def _subject(event: ReviewEvent) -> tuple[str, str, str]:
    """What a later event of one reviewer takes the place of."""
    kind = "decision" if event.action in ("accept", "reject") else event.action
    return event.sample, event.reviewer, kind


def _actions(row: ReviewRow) -> list[ReviewAction]:
    """Who accepts with a new prompt has edited as well."""
    actions: list[ReviewAction] = []
    if row.new_prompt and row.action == "accept":
        actions.append("edit")
    if row.action:
        actions.append(row.action)
    return actions


def _event(row: ReviewRow, action: ReviewAction, sample: Sample, moment: datetime) -> ReviewEvent:
    """Named by what it says, so that saying it twice is saying it once; a time that the file gives is part of it."""
    prompt = row.new_prompt if action == "edit" else None
    content = [row.sample, row.reviewer, action, prompt, row.note, row.at]
    return ReviewEvent(
        id=sha256(msgspec.json.encode(content)).hexdigest()[:24],
        sample=row.sample,
        reviewer=row.reviewer,
        action=action,
        prompt=prompt,
        note=row.note,
        at=(row.at or moment).astimezone(UTC),
        source_posts=sample.source_posts,
    )


def _checked(
    fields: Any, samples: Collection[str], reviewer: str, moment: datetime
) -> tuple[ReviewRow | None, list[str]]:
    if not isinstance(fields, dict):
        return None, ["this is no JSON object"]
    strange = [name for name in fields if name not in TO_FILL_IN and name not in TO_READ]
    if strange:
        allowed = ", ".join(TO_FILL_IN)
        return None, [f"there is no field {str(strange[0])[:60]!r}; to fill in are {allowed}"]
    try:
        row = ReviewRow.model_validate(fields)
    except ValidationError as error:
        return None, [_misfit(one) for one in error.errors(include_url=False)]
    row = row.model_copy(update={"reviewer": row.reviewer or reviewer})
    return row, list(_problems(row, samples, moment))


def _misfit(error: Mapping[str, Any]) -> str:
    """The column, what stands in it, and what may."""
    column = ".".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return f"{column}: there is no such column, or nothing in it"
    may = _MAY_BE.get(column, str(error["msg"]))
    return f"{column}: {str(error.get('input'))[:60]!r} cannot be read; {may}"


def _problems(row: ReviewRow, samples: Collection[str], moment: datetime) -> Iterator[str]:
    if not row.action:
        if row.note or row.new_prompt:
            yield f"something is filled in, but no action; {_MAY_BE['action']}"
        return
    if row.sample not in samples:
        yield f"there is no sample {row.sample[:60]!r}"
    if not row.reviewer:
        yield "nobody is named as reviewer; fill it in, or name one with --reviewer"
    if row.action == "edit" and not row.new_prompt:
        yield "an edit needs the new prompt in new_prompt"
    if row.new_prompt and row.action not in ("edit", "accept"):
        yield f"new_prompt goes with edit or accept, not with {row.action}"
    if row.action == "reject" and not row.note:
        yield "a rejection needs its reason in note"
    if row.at is not None and row.at > moment + _AHEAD:
        yield f"at is in the future: {row.at.isoformat()}"
