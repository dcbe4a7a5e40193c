"""People's rankings: a form to fill in goes out, JSONL or CSV comes back. Either every row is sound, or none is taken.

A row is one person's order of the models for one item: `ranks` gives each model's place (1 is best, equal numbers are ties,
a model that is left out is not ranked), or `unrankable` says that it cannot be ranked fairly.
"""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from pydantic import AwareDatetime, BaseModel, Field, ValidationError, field_validator

from echoloop.records import Item, Mistake, ModelRank, Output, Ranking, admit_text

RANKINGS = "rankings"
_MOST_TOLD = 20
_AHEAD = timedelta(days=1)
_FIELDS = ("item", "rater", "unrankable", "reason", "at")
_YES, _NO = frozenset({"true", "yes", "1", "x"}), frozenset({"", "false", "no", "0"})


class RankingRow(BaseModel, extra="forbid", frozen=True):
    """What a person filled in."""

    item: str
    rater: str = ""
    ranks: dict[str, int] = Field(default_factory=dict[str, int])
    unrankable: bool = False
    reason: str = ""
    at: AwareDatetime | None = None

    @field_validator("item", "rater", "reason", mode="before")
    @classmethod
    def _trimmed(cls, value: Any) -> Any:
        return admit_text(value).text.strip() if isinstance(value, str) else "" if value is None else value

    @field_validator("ranks", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        """A model without a place was not ranked; a place is a whole number, however a spreadsheet writes it."""
        if not isinstance(value, dict):
            return value
        filled = {str(model).strip(): place for model, place in value.items() if place not in ("", None)}
        return {model: _place(place) for model, place in filled.items()}

    @field_validator("unrankable", mode="before")
    @classmethod
    def _yes_or_no(cls, value: Any) -> Any:
        if isinstance(value, str):
            word = value.strip().lower()
            return True if word in _YES else False if word in _NO else value
        return False if value is None else value

    @field_validator("at", mode="before")
    @classmethod
    def _no_time(cls, value: Any) -> Any:
        return None if value == "" else value


class ImportedRankings(msgspec.Struct, frozen=True, kw_only=True):
    """All rankings there are now, how many are new, and how many of the file were known already.

    `replaced` of the new ones are a rater's second thought about an item: the latest counts, the earlier are kept.
    """

    rankings: tuple[Ranking, ...]
    added: int
    known: int
    replaced: int


def import_rankings(
    path: Path,
    items: Mapping[str, Item],
    models: Collection[str],
    before: Sequence[Ranking],
    pictured: Collection[tuple[str, str]] | None = None,
    *,
    rater: str = "",
    now: datetime | None = None,
) -> ImportedRankings:
    """Read a file and add its rankings to those before. Reading the same file again adds nothing.

    `pictured` are the items and models between which there is a picture: what is not there cannot be ranked.
    """
    moment = now or datetime.now(UTC)
    known = {ranking.id: ranking for ranking in before}
    spoken = {(ranking.item, ranking.rater) for ranking in before}
    wrong: list[str] = []
    rows: list[RankingRow] = []
    for line, fields in _lines(path, models):
        row, problems = _checked(fields, items, models, rater, moment)
        if row is not None and pictured is not None:
            problems += [
                f"{model}: there is no picture of it to rank"
                for model in row.ranks
                if model in models and row.item in items and (row.item, model) not in pictured
            ]
        wrong += [f"{path.name}:{line}: {problem}" for problem in problems]
        if row is not None and (row.ranks or row.unrankable):
            rows.append(row)
    if wrong:
        told = "\n".join(f"  - {one}" for one in wrong[:_MOST_TOLD])
        more = f"\n  - and {len(wrong) - _MOST_TOLD:,} more" if len(wrong) > _MOST_TOLD else ""
        raise Mistake(
            f"{len(wrong):,} mistakes, so nothing was imported:\n{told}{more}",
            where=path,
            remedy="Put them right and import the file again.",
        )
    replaced = 0
    for turn, row in enumerate(rows):
        ranking = _ranking(row, items[row.item], moment + timedelta(microseconds=turn))
        if ranking.id not in known:
            known[ranking.id] = ranking
            replaced += (ranking.item, ranking.rater) in spoken
            spoken.add((ranking.item, ranking.rater))
    added = len(known) - len(before)
    return ImportedRankings(
        rankings=tuple(known.values()), added=added, known=len(rows) - added, replaced=replaced
    )


def latest_rankings(rankings: Sequence[Ranking]) -> list[Ranking]:
    """Each rater's last word on each item, in a stable order."""
    last: dict[tuple[str, str], Ranking] = {}
    for ranking in sorted(rankings, key=lambda one: (one.at, one.id)):
        last[ranking.item, ranking.rater] = ranking
    return [last[key] for key in sorted(last)]


def ranking_form(items: Sequence[Item], outputs: Sequence[Output], models: Sequence[str]) -> bytes:
    """A CSV to be filled in: a row an item with at least two pictures, a column a model; "-" where there is nothing to rank."""
    there = {(output.item, output.model) for output in outputs if output.state == "answered"}
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["item", "rater", "prompt", *models, "unrankable", "reason"])
    for item in sorted(items, key=lambda one: one.id):
        cells = ["" if (item.id, model) in there else "-" for model in models]
        if cells.count("") >= 2:
            table.writerow([item.id, "", _inert(item.prompt), *cells, "", ""])
    return text.getvalue().encode("utf-8-sig")


def rankings_file(rankings: Sequence[Ranking]) -> bytes:
    """Rankings as JSONL that `import_rankings` reads."""
    rows = [
        {
            "item": one.item,
            "rater": one.rater,
            "ranks": {place.model: place.rank for place in one.ranks},
            "unrankable": one.unrankable,
            "reason": one.reason,
            "at": one.at.isoformat(),
        }
        for one in rankings
    ]
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def _inert(text: str) -> str:
    """A cell that a spreadsheet would run as a formula begins with an apostrophe instead."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _ranking(row: RankingRow, item: Item, moment: datetime) -> Ranking:
    """Named by what it says, so that saying it twice is saying it once; a time that the file gives is part of it."""
    ranks = tuple(ModelRank(model=model, rank=rank) for model, rank in sorted(row.ranks.items()))
    content = [row.item, row.rater, ranks, row.unrankable, row.reason, row.at]
    return Ranking(
        id=sha256(msgspec.json.encode(content)).hexdigest()[:24],
        item=row.item,
        rater=row.rater,
        ranks=() if row.unrankable else ranks,
        unrankable=row.unrankable,
        reason=row.reason,
        at=(row.at or moment).astimezone(UTC),
        source_posts=item.source_posts,
    )


def _checked(
    fields: Any, items: Collection[str], models: Collection[str], rater: str, moment: datetime
) -> tuple[RankingRow | None, list[str]]:
    if not isinstance(fields, dict):
        return None, ["this is no JSON object"]
    try:
        row = RankingRow.model_validate(fields)
    except ValidationError as error:
        return None, [_told(one) for one in error.errors(include_url=False)]
    row = row.model_copy(update={"rater": row.rater or rater})
    return row, list(_problems(row, items, models, moment))


def _told(error: Any) -> str:
    where = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        return f"there is no field {where[:60]!r}; fields are {', '.join((*_FIELDS, 'ranks'))}"
    return f"{where}: {error['msg']}, got {str(error.get('input'))[:60]!r}"


def _problems(
    row: RankingRow, items: Collection[str], models: Collection[str], moment: datetime
) -> Iterator[str]:
    if not row.ranks and not row.unrankable:
        return
    if row.item not in items:
        yield f"there is no item {row.item[:60]!r}"
    if not row.rater:
        yield "nobody is named as rater; fill it in, or name one with --rater"
    for model, rank in row.ranks.items():
        if model not in models:
            yield f"there is no model {model[:60]!r}; models are {', '.join(sorted(models))}"
        if not 1 <= rank <= len(models):
            yield f"{model[:60]}: places go from 1 to {len(models)}, got {rank}"
    if row.unrankable and row.ranks:
        yield "it cannot be both ranked and unrankable; empty one of the two"
    if len(row.ranks) == 1 and not row.unrankable:
        yield "one model alone is no order; rank at least two, or leave the row empty"
    if row.at is not None and row.at > moment + _AHEAD:
        yield f"at is in the future: {row.at.isoformat()}"


def _place(place: Any) -> Any:
    if isinstance(place, str):
        text = place.strip().removesuffix(".0")
        return int(text) if text.isascii() and text.isdigit() else place
    return place if not isinstance(place, bool) else str(place)


def _lines(path: Path, models: Collection[str]) -> Iterator[tuple[int, Any]]:
    """The number of each line with its fields; None where a line cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise Mistake("there is no such file", where=path.absolute()) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake(
            f"the file cannot be read: {error}", where=path.absolute(), remedy="Save it as UTF-8."
        ) from error
    match path.suffix.lower():
        case ".jsonl":
            yield from _json_lines(text)
        case ".csv":
            yield from _csv_lines(text, path, models)
        case _:
            raise Mistake("rankings are .jsonl or .csv files", where=path.absolute())


def _json_lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, msgspec.json.decode(line)
            except msgspec.DecodeError:
                yield number, None


def _csv_lines(text: str, path: Path, models: Collection[str]) -> Iterator[tuple[int, Any]]:
    """A column a model, its cell the place; "-" and an empty cell are no place."""
    head = text.partition("\n")[0]
    table = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",", restval=""
    )
    columns = [name for name in table.fieldnames or [] if name]
    strange = [name for name in columns if name not in (*_FIELDS, "prompt") and name not in models]
    if "item" not in columns or strange:
        said = f"there is no model {strange[0][:60]!r}" if strange else "there is no column 'item'"
        raise Mistake(
            said,
            where=f"{path}:1",
            remedy=f"The first line names the columns: {', '.join(_FIELDS)}, and one for each of the models "
            f"{', '.join(sorted(models))}.",
        )
    try:
        for row in table:
            fields: dict[str, Any] = {name: row[name] for name in _FIELDS if name in row}
            places = {model: row[model] for model in columns if model in models}
            fields["ranks"] = {model: place for model, place in places.items() if place.strip() != "-"}
            yield table.line_num, fields if None not in row else None
    except csv.Error as error:
        raise Mistake(f"the file is no CSV: {error}", where=f"{path}:{table.line_num}") from error
