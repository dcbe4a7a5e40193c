"""Parts of a split that are worth a look of their own: by task, language, number of input pictures and month."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from echoloop.judge.settings import Slice
from echoloop.records import Item


def slices_of(items: Iterable[Item], kinds: Sequence[Slice], fewest: int) -> dict[str, frozenset[str]]:
    """The items of each slice by its name ("language=ja"), the largest of a kind first; small ones are left out."""
    members: dict[tuple[Slice, str], set[str]] = defaultdict(set)
    for item in items:
        for kind in kinds:
            if value := _value(item, kind):
                members[kind, value].add(item.id)
    ordered = sorted(members.items(), key=lambda pair: (kinds.index(pair[0][0]), -len(pair[1]), pair[0][1]))
    return {f"{kind}={value}": frozenset(ids) for (kind, value), ids in ordered if len(ids) >= fewest}


def _value(item: Item, kind: Slice) -> str:
    match kind:
        case "task":
            return item.task
        case "language":
            return item.language or ""
        case "inputs":
            return str(len(item.input_images))
        case "month":
            return item.created_at.strftime("%Y-%m") if item.created_at else ""
