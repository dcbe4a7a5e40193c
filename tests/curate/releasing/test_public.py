"""The public variant shows no content, and nothing anywhere of what is held out; no handle is in either."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest

from echoloop.curate.releasing.handles import Handles
from echoloop.curate.releasing.holding_out import held_out
from echoloop.records import Author, Feedback, Mistake

Files = Callable[[str | Path], dict[str, bytes]]


def told(folder: str, split: str = "text_to_image") -> list[dict[str, Any]]:
    """The rows, and (compressed bytes hide words) whatever else a column holds."""
    paths = sorted((Path(folder) / "data" / split).glob("*.parquet"))
    return [row for path in paths for row in pq.read_table(path).to_pylist()]


def everything(folder: str, files_of: Files) -> str:
    """All that somebody could read in a release, as one text."""
    words = [
        data.decode("utf-8", "replace")
        for name, data in files_of(folder).items()
        if not name.endswith("parquet")
    ]
    rows = [repr(row) for split in Path(folder, "data").iterdir() for row in told(folder, split.name)]
    metadata = [str(pq.read_schema(path).metadata) for path in Path(folder).rglob("*.parquet")]
    return "\n".join([*words, *rows, *metadata])


def test_nothing_of_what_is_held_out_is_in_the_public_variant(shop: Any, files_of: Files) -> None:
    items = [shop.item(f"task-{number:02}", prompt=f"wish {number:02} of many") for number in range(40)]
    shop.fill(items)
    done = shop.release(hold_out=0.3, public_prompts=True)
    hidden = [row for row in told(done.folder) if row["held_out"]]
    assert done.held_out == len(hidden)
    assert 4 <= len(hidden) <= 20
    public = everything(done.public, files_of)
    for row in hidden:
        secrets = [row["id"], row["sample"], row["prompt"], *row["source_posts"]]
        secrets += [picture["path"].partition(".")[0] for picture in row["output_images"]]
        assert not [secret for secret in secrets if secret in public]
    shown = [row for row in told(done.folder) if not row["held_out"]]
    assert all(row["prompt"] in public and row["id"] in public for row in shown)
    assert "held out: " not in public


def test_what_shows_a_held_out_picture_or_prompt_is_held_out_with_it(shop: Any) -> None:
    items = [shop.item(f"task-{number:02}") for number in range(30)]
    lonely = held_out(items, 0.2)
    first = next(item for item in items if item.id in lonely)
    other = [
        shop.item(
            "reuse", split="analysis", prompt="mine", output_images=(), input_images=first.output_images
        ),
        shop.item(
            "quote", split="analysis", prompt=f" “{first.prompt.upper()}” ".replace("“", "").replace("”", "")
        ),
        shop.item("chain", split="analysis", prompt="mine"),
        shop.item("apart", split="analysis"),
    ]
    assert held_out([*items, *other], 0.2) == lonely | {"reuse", "quote", "chain"}
    assert held_out(items, 0) == frozenset()
    assert held_out(items, 1) == {item.id for item in items}


def test_other_items_change_nobody_s_lot_and_a_larger_share_keeps_what_was_hidden(shop: Any) -> None:
    items = [shop.item(f"task-{number:02}") for number in range(40)]
    few = held_out(items[:20], 0.3)
    assert {name for name in held_out(items, 0.3) if name in {item.id for item in items[:20]}} == few
    assert few < held_out(items[:20], 0.6)
    assert held_out(items[::-1], 0.3) == held_out(items, 0.3)


def test_the_share_is_kept_until_somebody_says_otherwise(shop: Any) -> None:
    shop.fill([shop.item(f"task-{number:02}") for number in range(20)])
    first = shop.release("0.1.0", hold_out=0.4)
    assert shop.release("0.1.0").held_out == first.held_out > 0
    assert shop.release("0.2.0").held_out == first.held_out
    assert shop.release("0.3.0", hold_out=0).held_out == 0


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_is_a_share(shop: Any, share: float) -> None:
    shop.fill(shop.items())
    with pytest.raises(Mistake, match="is not a share"):
        shop.release(hold_out=share)
    assert not shop.releases.exists()


def test_the_public_variant_holds_no_word_of_a_post(shop: Any, files_of: Files) -> None:
    items = shop.items()
    shop.fill(items)
    shop.label(items[0], "failure", "colour")
    done = shop.release()
    public = everything(done.public, files_of)
    for words in ("make it red", "a house", "by the sea", "lovely"):
        assert words in everything(done.folder, files_of)
        assert words not in public
    (row,) = told(done.public, "image_to_image")
    assert row["feedback_labels"] == [
        {
            "post_url": "https://x.com/i/status/1",
            "polarity": "failure",
            "keyword": "colour",
            "kind": "opinion",
        }
    ]
    assert row["source_posts"] == ["https://x.com/i/status/1"]
    assert {picture["sha256"] for picture in row["input_images"]} == {items[0].input_images[0].sha256}


def test_a_topic_is_named_only_where_prompts_are(shop: Any, files_of: Files) -> None:
    shop.fill([shop.item(f"task-{number}", task="paint a") for number in range(4)])
    assert "paint a (100%)" in everything(shop.release("0.1.0").folder, files_of)
    assert "paint a" not in everything(str(shop.releases / "0.1.0-public"), files_of)


def test_handles_are_in_neither_variant(shop: Any, files_of: Files) -> None:
    said = Feedback(
        post_url="https://x.com/i/status/9", text="look, @Painter_Fan_01! better than painter_fan_02's"
    )
    item = shop.item("one", prompt="in the style of @painter_fan_01, red", community_feedback=(said,))
    shop.fill([item, shop.item("two")])
    shop.know("painter_fan_01", "@painter_fan_02", "red")
    done = shop.release(public_prompts=True)
    for folder in (done.folder, done.public):
        assert not re.search("painter_fan", everything(folder, files_of), re.IGNORECASE)
    (row,) = (row for row in told(done.folder) if row["sample"] == "one")
    assert row["prompt"] == "in the style of @someone, red"
    assert row["prompt_modified"]
    assert row["community_feedback"][0]["feedback"] == "look, @someone! better than @someone's"
    assert not next(row for row in told(done.folder) if row["sample"] == "two")["prompt_modified"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("by @red.", "by @someone."),
        ("make it red", "make it red"),
        ("thanks u/red and /u/red", "thanks @someone and @someone"),
        ("see https://x.com/red/status/5", "see https://x.com/@someone/status/5"),
        ("see https://talk.example/@red", "see https://talk.example/@someone"),
        ("see bsky.app/profile/fan.example", "see bsky.app/profile/@someone"),
        ("@fan.example.", "@someone."),
        ("fan.example, hi", "@someone, hi"),
        ("@ann@talk.example and @ann", "@someone and @someone"),
        ("@redder @blue me@red.example", "@redder @blue me@red.example"),
        ("@ red, 50 % @", "@ red, 50 % @"),
    ],
)
def test_mentions_are_masked_and_ordinary_words_are_not(text: str, masked: str) -> None:
    names = ("red", "fan.example", "ann@talk.example", "")
    handles = Handles([Author(id="p", platform="x", handle=name) for name in names])
    assert handles.mask(text) == masked
    assert Handles([]).mask(text) == text


def test_an_id_follows_from_content_alone(shop: Any) -> None:
    one, other = shop.item("one"), shop.item("other")
    shop.fill([one, other])
    shop.release("0.1.0")
    renamed = msgspec.structs.replace(one, id="renamed", sample="renamed", language="en", quality="Analysis")
    shop.fill([renamed, msgspec.structs.replace(other, prompt="something else")])
    shop.release("0.2.0")
    before = {row["sample"]: row["id"] for row in told(str(shop.releases / "0.1.0"))}
    after = {row["sample"]: row["id"] for row in told(str(shop.releases / "0.2.0"))}
    assert after["renamed"] == before["one"]
    assert after["other"] != before["other"]
    assert all(re.fullmatch("[0-9a-f]{16}", name) for name in (*before.values(), *after.values()))
