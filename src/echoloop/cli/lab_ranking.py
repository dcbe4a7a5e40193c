"""The lab's people before the pictures of a workspace. They see pictures and prompts, never who made what."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from echoloop.cli.composing import read_house
from echoloop.cli.options import Place
from echoloop.judge import rankings_file
from echoloop.lab.raters import RATERS, Raters
from echoloop.records import Item, Mistake, ModelRank, Output, Ranking
from echoloop.records.arrow import from_table
from echoloop.workspace import Workspace, place_file, reading

_AT = datetime(2025, 6, 1, 12, tzinfo=UTC)


def rank_in_lab(path: Path, raters: int, place: Place) -> int:
    """Write what they say as JSONL. Returns how many rankings there are."""
    if not 1 <= raters <= len(RATERS):
        raise Mistake(f"the lab has {len(RATERS)} raters, not {raters}", remedy="Give --raters 1 to 5.")
    rankings = list(_rankings(reading(read_house(place).workspace), RATERS[:raters]))
    place_file(path, rankings_file(rankings))
    return len(rankings)


def _rankings(workspace: Workspace, raters: tuple[str, ...]) -> Iterator[Ranking]:
    images, panel = workspace.images, Raters()
    made: dict[str, dict[str, bytes]] = {}
    for output in from_table(workspace.tables.read("outputs"), Output):
        if output.image is not None and output.number == 0:
            made.setdefault(output.item, {})[output.model] = images.read(output.image)
    for item in from_table(workspace.tables.read("items"), Item):
        pictures = made.get(item.id, {})
        references = [images.read(image.sha256) for image in item.input_images if image.sha256]
        for rater in raters if len(pictures) > 1 else ():
            ranks = panel.rank(rater, item.prompt, references, pictures)
            yield Ranking(
                id=f"{item.id}/{rater}",
                item=item.id,
                rater=rater,
                ranks=tuple(ModelRank(model=model, rank=rank) for model, rank in (ranks or {}).items()),
                unrankable=ranks is None,
                reason="" if ranks else "nothing in the prompt can be checked",
                at=_AT,
            )
