"""Every version says what came, went and changed since the one before, and why."""

import csv
from pathlib import Path
from typing import Any

import msgspec

import echoloop.records as records
from echoloop.records import Dropped
from echoloop.workspace import forget, writing

RECORDS = {name: getattr(records, name) for name in records.__all__}


def changes(shop: Any, version: str) -> dict[tuple[str, str], str]:
    with (shop.releases / version / "changes.csv").open(newline="") as file:
        return {(row["action"], row["sample"]): row["why"] for row in csv.DictReader(file)}


def changelog(shop: Any, version: str) -> str:
    return (shop.releases / version / "CHANGELOG.md").read_text()


def test_each_reason_is_told(shop: Any) -> None:
    names = ("stays", "gone", "asked", "bad", "again", "edited", "moved", "lost")
    items = {name: shop.item(name) for name in names}
    shop.fill(list(items.values()))
    shop.release("0.1.0")
    shop.forget(*items["asked"].source_posts)
    shop.review("bad", "reject")
    shop.put("items.dropped", Dropped, [Dropped(stage="items", key="again", reason="the same task again")])
    edited = msgspec.structs.replace(items["edited"], prompt="in better words")
    moved = msgspec.structs.replace(items["moved"], split="analysis")
    new = [items["stays"], edited, moved, shop.item("new")]
    shop.fill(new)
    shop.put(
        "samples",
        records.Sample,
        [*(sample(one) for one in new), *(sample(items[name]) for name in ("bad", "again", "lost"))],
    )
    done = shop.release("0.2.0")
    assert changes(shop, "0.2.0") == {
        ("added", "new"): "",
        ("changed", "edited"): "prompt",
        ("changed", "moved"): "moved from text_to_image",
        ("removed", "gone"): "its sample is not found any more",
        ("removed", "asked"): "forgotten",
        ("removed", "bad"): "rejected by people",
        ("removed", "again"): "the same task again",
        ("removed", "lost"): "no longer selected",
    }
    assert len(done.changes) == 8
    text = changelog(shop, "0.2.0")
    assert "Since 0.1.0: 1 added, 5 removed, 2 changed." in text
    assert "forgotten (1)" in text
    assert text.index("## 0.2.0") < text.index("## 0.1.0")
    assert "The first version: 8 added." in text


def test_labels_and_reserves_that_shift_are_told_apart(shop: Any) -> None:
    item, waiting = shop.items()[0], shop.item("waiting", split="analysis", reserve=2)
    shop.fill([item, waiting])
    shop.release("0.1.0")
    shop.label(item, "failure", "colour")
    shop.fill([item, msgspec.structs.replace(waiting, reserve=1)])
    shop.release("0.1.1")
    assert changes(shop, "0.1.1") == {("changed", "edit"): "feedback_labels"}
    assert changes(shop, "0.1.1-public") == {("changed", "edit"): "feedback_labels"}


def test_what_is_held_out_from_now_on_leaves_the_public_variant_by_that_reason(shop: Any) -> None:
    shop.fill([shop.item("one")])
    shop.release("0.1.0")
    shop.release("0.2.0", hold_out=1.0)
    assert changes(shop, "0.2.0") == {("changed", "one"): "held_out"}
    assert changes(shop, "0.2.0-public") == {("removed", "one"): "held out"}


def test_a_version_without_changes_says_so(shop: Any) -> None:
    shop.fill([shop.item("one")])
    shop.release("0.1.0")
    shop.release("0.1.1")
    assert "Since 0.1.0: nothing changed." in changelog(shop, "0.1.1")


def test_a_long_list_is_in_the_table_whole(shop: Any) -> None:
    shop.fill([shop.item(f"task-{number:03}") for number in range(60)] + [shop.item("kept")])
    shop.release("0.1.0")
    shop.fill([shop.item("kept")])
    shop.release("0.2.0")
    assert len(changes(shop, "0.2.0")) == 60
    assert "and 10 more that were removed: see changes.csv" in changelog(shop, "0.2.0")


def test_forget_sees_which_variants_hold_a_post_and_the_next_version_is_without(shop: Any) -> None:
    one, two = shop.item("one"), shop.item("two")
    shop.fill([one, two])
    shop.release("0.1.0")
    with writing(shop.folder / "workspace") as workspace:
        done = forget(workspace, one.source_posts, "asked", RECORDS)
    assert done.releases == ("0.1.0", "0.1.0-public")
    assert shop.release("0.2.0").splits["text_to_image"] == 1
    assert changes(shop, "0.2.0") == {("removed", "one"): "forgotten"}
    for folder in ("0.2.0", "0.2.0-public"):
        words = [path.read_bytes() for path in Path(shop.releases / folder).rglob("*") if path.is_file()]
        assert not any(one.source_posts[0].encode() in data for data in words)


def sample(item: Any) -> records.Sample:
    return records.Sample(
        id=item.sample, thread="t", post_urls=item.source_posts, prompt=item.prompt, quality=item.quality,
        output_images=item.output_images, source_posts=item.source_posts,
    )  # fmt: skip
