"""Names of faults -> clusters: what is merely spelt otherwise is put together here, what means the same by a model."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import msgspec
import pyarrow as pa
from pydantic import BaseModel, Field, model_validator

from echoloop.calls import ChatRequest, load_prompt
from echoloop.diagnose.catalogue import open_metrics
from echoloop.diagnose.keywords import LONGEST, clean, spelt
from echoloop.diagnose.settings import DiagnoseSettings
from echoloop.engine import Asked, Desk, Question, Rendering, call_fields
from echoloop.records import Answered, FaultKeyword, FeedbackLabel, Keep, MergedBy
from echoloop.records.arrow import from_table

AT_ONCE = 150
"""So many names go into one request; the next one carries the names that were found."""


class NamedCluster(BaseModel, extra="forbid"):
    """Keywords of one fault."""

    name: str = Field(min_length=1, max_length=LONGEST)
    numbers: list[int]


class TaxonomyAnswer(BaseModel, extra="forbid"):
    """Which keywords name the same fault."""

    clusters: list[NamedCluster]

    @model_validator(mode="after")
    def _no_number_twice(self) -> "TaxonomyAnswer":
        numbers = [number for cluster in self.clusters for number in cluster.numbers]
        if len(set(numbers)) < len(numbers):
            raise ValueError("a number is in two clusters")
        return self


class Spelling(msgspec.Struct, frozen=True, kw_only=True):
    """Keywords that are one name in different spellings; `keyword` is the one that most remarks have."""

    keyword: str
    all: tuple[tuple[str, int], ...]
    source_posts: tuple[str, ...] = ()

    @property
    def remarks(self) -> int:
        """Of all spellings together."""
        return sum(count for _, count in self.all)


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What one request is about."""

    known: tuple[str, ...]
    spellings: tuple[Spelling, ...]

    @property
    def source_posts(self) -> tuple[str, ...]:
        """The posts whose complaints these names are of."""
        return tuple(sorted({post for one in self.spellings for post in one.source_posts}))


def merge_keywords(desk: Desk[DiagnoseSettings], feedback: pa.Table) -> Iterator[Keep[FaultKeyword]]:
    """Every name that a complaint was given, once. What no model could put anywhere stands for itself."""
    spellings = spellings_of(from_table(feedback, FeedbackLabel))
    question = Question[Sheet, TaxonomyAnswer](
        stage="keywords",
        endpoint=desk.settings.reader,
        render=_render,
        reads=TaxonomyAnswer,
        prompt=load_prompt("echoloop.diagnose", "taxonomy"),
    )
    names = _Names(known_faults(desk.settings.metrics))
    for start in range(0, len(spellings), AT_ONCE):
        sheet = Sheet(known=names.all, spellings=tuple(spellings[start : start + AT_ONCE]))
        (asked,) = desk.ask([sheet], question)
        for row in _sorted_in(asked, names):
            yield Keep(row)


def known_faults(metrics: Sequence[str]) -> tuple[str, ...]:
    """The complaints that some metric answers: a taxonomy that uses these names meets the measurements."""
    return tuple(dict.fromkeys(name for metric in open_metrics(metrics) for name in metric.answers))


def spellings_of(labels: Sequence[FeedbackLabel]) -> list[Spelling]:
    """The commonest first; equals in alphabetical order."""
    counts: Counter[str] = Counter()
    posts: defaultdict[str, set[str]] = defaultdict(set)
    for label in labels:
        if label.polarity == "failure" and label.keyword:
            counts[label.keyword] += 1
            posts[label.keyword].update(label.source_posts)
    together: defaultdict[str, list[str]] = defaultdict(list)
    for keyword in sorted(counts, key=lambda one: (-counts[one], one)):
        together[spelt(keyword)].append(keyword)
    found = [
        Spelling(
            keyword=own[0],
            all=tuple((one, counts[one]) for one in own),
            source_posts=tuple(sorted({post for one in own for post in posts[one]})),
        )
        for own in together.values()
    ]
    return sorted(found, key=lambda one: (-one.remarks, one.keyword))


class _Names:
    """The names in use, by how they are spelt: a cluster that is named twice is one."""

    def __init__(self, known: Sequence[str]) -> None:
        self._by_spelling = {spelt(name): name for name in known}

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(self._by_spelling.values())

    def of(self, name: str) -> str:
        return self._by_spelling.setdefault(spelt(name), name)


def _sorted_in(asked: Asked[Sheet, TaxonomyAnswer], names: _Names) -> Iterator[FaultKeyword]:
    found = asked.answer.value.clusters if isinstance(asked.answer, Answered) else []
    placed = {
        number: names.of(name)
        for cluster in found
        if (name := clean(cluster.name))
        for number in cluster.numbers
    }
    for number, spelling in enumerate(asked.row.spellings, start=1):
        cluster = placed.get(number) or names.of(spelling.keyword)
        for keyword, remarks in spelling.all:
            yield FaultKeyword(
                keyword=keyword,
                cluster=cluster,
                merged_by=_why(keyword, cluster, asked_for=number in placed),
                remarks=remarks,
                source_posts=spelling.source_posts,
                **call_fields(asked),
            )


def _why(keyword: str, cluster: str, *, asked_for: bool) -> MergedBy:
    if keyword == cluster:
        return "itself"
    return "model" if asked_for and spelt(keyword) != spelt(cluster) else "spelling"


def _render(row: Sheet, rendering: Rendering) -> ChatRequest:
    keywords = [
        {"number": number, "keyword": one.keyword, "remarks": one.remarks}
        for number, one in enumerate(row.spellings, start=1)
    ]
    return rendering.about({"known": list(row.known), "keywords": keywords}, temperature=0)
