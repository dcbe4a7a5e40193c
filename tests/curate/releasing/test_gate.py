"""Each rule of the gate stops a release: the row is named, the rule is named, nothing is written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from echoloop.curate.minors import MAY_BE_MINOR
from echoloop.curate.releasing import write_release, writing
from echoloop.images import content_hash
from echoloop.records import ImageRef, Mistake
from echoloop.workspace import writing as writing_in


def refused(shop: Any, *words: str, **options: Any) -> None:
    with pytest.raises(Mistake, match="the gate refuses the release") as caught:
        shop.release(**options)
    for word in words:
        assert word in str(caught.value), str(caught.value)
    assert not shop.releases.exists()


def test_a_picture_that_cannot_be_decoded(shop: Any) -> None:
    with writing_in(shop.folder / "workspace") as workspace:
        broken = workspace.images.put(b"\x89PNG\r\n\x1a\n and no more")
    shop.fill([shop.item("good"), shop.item("bad", output_images=(ImageRef(sha256=broken),))])
    refused(shop, "1 row fails", "bad: a picture cannot be decoded", broken)


@pytest.mark.parametrize("sha256", [None, content_hash(b"elsewhere")])
def test_a_picture_that_is_not_there(shop: Any, sha256: str | None) -> None:
    shop.fill([shop.item("good"), shop.item("bad", output_images=(ImageRef(sha256=sha256),))])
    refused(shop, "bad: a picture is not there", "copy of images/")


def test_a_picture_that_is_another_one(shop: Any) -> None:
    item = shop.item("bad")
    shop.fill([item])
    shop.workspace.images.path(item.output_images[0].sha256).write_bytes(b"something else")
    refused(shop, "bad: a picture is not there, or is not the one it is named after")


def test_a_card_that_counts_otherwise(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.fill([shop.item("one"), shop.item("two")])
    honest = writing.card_text
    monkeypatch.setattr(
        writing,
        "card_text",
        lambda *told: honest(*told).replace("num_examples: 2", "num_examples: 3"),
    )
    refused(shop, "text_to_image: the card counts otherwise (3 on the card, 2 in the files)")


def test_a_forgotten_post(shop: Any) -> None:
    items = shop.items()
    shop.fill(items)
    shop.forget("https://x.com/i/status/1")
    refused(shop, "edit: it comes from a forgotten post (https://x.com/i/status/1)", "echoloop curate")


def test_feedback_of_a_forgotten_post(shop: Any) -> None:
    said = shop.items()[0].community_feedback
    shop.fill([shop.item("one", community_feedback=said)])
    shop.forget(said[0].post_url)
    refused(shop, "one: it comes from a forgotten post")


def test_a_hazard(shop: Any) -> None:
    shop.fill([shop.item("one")], one={"hazards": ("S1",)})
    refused(shop, "one: a guard calls it a hazard (S1)")


def test_a_sample_nobody_guarded(shop: Any) -> None:
    shop.fill([shop.item("one"), shop.item("two")])
    shop.put("items", type(shop.item("x")), [shop.item("three")])
    refused(shop, "three: its sample is not in the tables")


def test_what_waits_for_people_goes_out_when_they_accept_it(shop: Any) -> None:
    shop.fill([shop.item("one")], one={"for_people": ("the prompt looks odd",)})
    refused(shop, "one: people have not let it out (the prompt looks odd)")
    shop.review("one", "accept")
    assert shop.release().splits["text_to_image"] == 1


def test_what_waits_may_be_looked_into_but_no_apparent_minor(shop: Any) -> None:
    talk = shop.item("talk", split="analysis")
    shop.fill([talk], talk={"for_people": (MAY_BE_MINOR,)})
    refused(shop, "talk: people have not let it out (waits for a person: apparent minor)")
    shop.fill([talk], talk={"for_people": ("the prompt looks odd",)})
    assert shop.release().splits["analysis"] == 1


def test_what_people_rejected_after_it_was_selected(shop: Any) -> None:
    shop.fill([shop.item("one")])
    shop.review("one", "reject")
    refused(shop, "one: people have not let it out (rejected by people)")


def test_near_duplicates_in_two_splits(shop: Any) -> None:
    shop.fill([shop.item("one"), shop.item("two", split="analysis"), shop.item("three")])
    shop.near("one", "two")
    refused(
        shop,
        "2 rows fail",
        "one: it stands there twice (near-duplicates of one in analysis and text_to_image)",
    )


def test_the_same_content_twice(shop: Any) -> None:
    one = shop.item("one")
    same = {"prompt": one.prompt, "output_images": one.output_images}
    shop.fill([one, shop.item("two", split="analysis", **same)])
    refused(shop, "one: it stands there twice (the content", "two: it stands there twice")


def test_a_row_without_posts(shop: Any) -> None:
    shop.fill([shop.item("one", source_posts=())])
    refused(shop, "one: nobody knows from which posts it comes")


def test_a_task_without_words(shop: Any) -> None:
    shop.fill([shop.item("one", prompt=" \n")])
    refused(shop, "one: it has no prompt (text_to_image)")


def test_a_held_out_row_in_the_public_variant(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.fill([shop.item("one")])
    honest = writing.rows_of
    monkeypatch.setattr(writing, "rows_of", lambda evidence, share: honest(evidence, 1.0))
    write_data = writing._write_data

    def careless(folder: Path, rows: Any, evidence: Any, note: Any, kind: Any, *rest: Any) -> Any:
        return write_data(folder, honest(evidence, 0.0) if kind.public else rows, evidence, note, kind, *rest)

    monkeypatch.setattr(writing, "_write_data", careless)
    refused(shop, "one: it is held out and the public variant shows it")


def test_the_first_twenty_are_named_and_all_are_counted(shop: Any) -> None:
    shop.fill([shop.item(f"task-{number:02}", source_posts=()) for number in range(23)])
    refused(shop, "23 rows fail", "task-00", "task-19", "and 3 more")
    with pytest.raises(Mistake) as caught:
        shop.release()
    assert "task-20" not in str(caught.value)


def test_a_refusal_leaves_what_was_released_alone(
    shop: Any, files_of: Callable[[str | Path], dict[str, bytes]]
) -> None:
    shop.fill([shop.item("one")])
    shop.release()
    before = files_of(shop.releases)
    shop.fill([shop.item("one"), shop.item("two", source_posts=())])
    with pytest.raises(Mistake, match="the gate refuses"):
        write_release(shop.workspace, "Lab Painter", "0.2.0")
    assert files_of(shop.releases) == before
