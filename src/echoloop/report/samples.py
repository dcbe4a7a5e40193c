"""Every item with all that came of it: the prompt, the pictures, every model's answer, every judge's words."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec
from markupsafe import Markup

from echoloop.records import Comparison, FeedbackLabel, Item, Output, Verdict
from echoloop.report.displayed_text import linkable
from echoloop.report.evidence import Evidence
from echoloop.report.leaderboards import model_order
from echoloop.report.pictures import PictureShelf, Shown

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_SPLIT_ORDER = {"text_to_image": 0, "image_to_image": 1, "analysis": 2}


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One model's picture, or why there is none, and what each judge said of it. `mean` is over scores that exist."""

    output: Output
    picture: Shown
    verdicts: tuple[Verdict, ...]
    mean: float | None


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said, and how it was read (None when it was not)."""

    text: str
    label: FeedbackLabel | None


class SamplePage(msgspec.Struct, frozen=True, kw_only=True):
    """One item; `page` is the name of its file, without a folder."""

    item: Item
    page: Markup
    inputs: tuple[Shown, ...]
    community: tuple[Shown, ...]
    answers: tuple[Answer, ...]
    comparisons: tuple[Comparison, ...] = ()
    remarks: tuple[Remark, ...]
    links: tuple[Markup, ...]


def sample_pages(evidence: Evidence, shelf: PictureShelf) -> list[SamplePage]:
    """All items, benchmark splits first, in a stable order."""
    items = sorted(evidence.items or (), key=lambda item: (_SPLIT_ORDER.get(item.split, 9), item.id))
    shelf.place(_pictures(items, evidence.outputs or ()))
    verdicts = _by_output(evidence.verdicts or ())
    outputs: dict[str, list[Output]] = defaultdict(list)
    for output in evidence.outputs or ():
        outputs[output.item].append(output)
    side_by_side = _by_item(evidence.comparisons or ())
    labels = {(label.post_url, label.text): label for label in evidence.feedback or ()}
    orders = {item.split: model_order(evidence.standings or (), item.split) for item in items}
    return [
        _sample_page(
            item,
            shelf,
            _in_order(outputs[item.id], orders[item.split]),
            verdicts,
            side_by_side.get(item.id, ()),
            labels,
        )
        for item in items
    ]


def page_name(item: str) -> Markup:
    """A file name for an item: its id where that is a plain name, else a hash of it."""
    name = item if _SAFE_NAME.fullmatch(item) else hashlib.sha256(item.encode()).hexdigest()[:32]
    return Markup(f"{name}.html")


def _sample_page(
    item: Item,
    shelf: PictureShelf,
    outputs: list[Output],
    verdicts: Mapping[str, list[Verdict]],
    comparisons: Iterable[Comparison],
    labels: Mapping[tuple[str, str], FeedbackLabel],
) -> SamplePage:
    return SamplePage(
        item=item,
        page=page_name(item.id),
        inputs=tuple(
            shelf.show_ref(ref, f"Input picture {number}") for number, ref in enumerate(item.input_images, 1)
        ),
        community=tuple(
            shelf.show_ref(ref, f"Picture that a person shared, {number}")
            for number, ref in enumerate(item.output_images, 1)
        ),
        answers=tuple(_answer(output, shelf, verdicts.get(output.id, [])) for output in outputs),
        comparisons=tuple(comparisons),
        remarks=tuple(
            Remark(text=said.text, label=labels.get((said.post_url, said.text)))
            for said in item.community_feedback
        ),
        links=linkable(item.source_posts),
    )


def _answer(output: Output, shelf: PictureShelf, verdicts: list[Verdict]) -> Answer:
    scores = [verdict.score for verdict in verdicts if verdict.score is not None]
    absence = f"{output.state}: {output.reason}" if output.reason else output.state
    return Answer(
        output=output,
        picture=shelf.show(output.image, "What this model made", absence),
        verdicts=tuple(verdicts),
        mean=sum(scores) / len(scores) if scores else None,
    )


def _by_output(verdicts: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        found[verdict.output].append(verdict)
    for own in found.values():
        own.sort(key=lambda verdict: (verdict.judge, verdict.repeat))
    return found


def _by_item(comparisons: Iterable[Comparison]) -> dict[str, list[Comparison]]:
    """Both orders of a pair stand beside each other: whether a judge follows the place is seen there."""
    found: dict[str, list[Comparison]] = defaultdict(list)
    for comparison in comparisons:
        found[comparison.item].append(comparison)
    for own in found.values():
        own.sort(
            key=lambda one: (*sorted((one.first_output, one.second_output)), one.judge, one.repeat, one.id)
        )
    return found


def _in_order(outputs: list[Output], order: Mapping[str, int]) -> list[Output]:
    return sorted(outputs, key=lambda one: (order.get(one.model, len(order)), one.model, one.number))


def _pictures(items: Iterable[Item], outputs: Iterable[Output]) -> set[str]:
    refs = {ref.sha256 for item in items for ref in (*item.input_images, *item.output_images)}
    return {sha256 for sha256 in refs | {output.image for output in outputs} if sha256 is not None}
