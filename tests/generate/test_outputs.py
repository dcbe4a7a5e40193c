"""A picture, a refusal, an outage and something that is no picture are four different things."""

import base64
from pathlib import Path

import numpy as np
import pytest
from scripted_model import Rule, asked, scripted
from stage_runs import Run, run_stages, store_picture, workspace_of

from echoloop.engine import NoAnswers
from echoloop.generate import GenerateSettings, ImageModel, generate_stages
from echoloop.images import decode, encode_png
from echoloop.records import ImageRef, Item, Output
from echoloop.workspace import ImageMissing

URL = "https://x.com/i/status/1"
DRAWN = encode_png(np.full((6, 9, 3), 77, dtype=np.uint8))
PICTURE = base64.b64encode(DRAWN).decode()


def item(name: str, **changes: object) -> Item:
    fields = {
        "id": name,
        "split": "text_to_image",
        "sample": name,
        "prompt": f"paint {name}",
        "quality": "Benchmark",
        "source_posts": (URL,),
        **changes,
    }
    return Item(**fields)  # type: ignore[arg-type]


def draw(folder: Path, items: list[Item], rules: list[Rule], samples: int = 1) -> Run:
    model = ImageModel(name="alder", endpoint="scripted", developer="lab")
    stages = generate_stages(GenerateSettings(models=(model,), samples=samples, seed=5))
    return run_stages(folder, stages, {"items": (Item, items)}, [scripted(folder, rules)])


def by_item(run: Run) -> dict[str, Output]:
    return {output.item: output for output in run.kept}


def test_each_kind_of_answer_is_itself(tmp_path: Path) -> None:
    rules: list[Rule] = [
        {"when": "a house", "draw": PICTURE},
        {"when": "a fight", "status": 400, "why": "not by me", "code": "moderation_blocked"},
        {"when": "an outage", "status": 422, "why": "gone fishing"},
        {"when": "words", "draw": base64.b64encode(b"this is no picture at all").decode()},
        {"when": "rubbish", "draw": "*** not base64 ***"},
        {"when": "nothing", "draw": None},
    ]
    names = ["a house", "a fight", "an outage", "words", "rubbish", "nothing"]
    run = draw(tmp_path, [item(name) for name in names], rules)
    found = by_item(run)
    assert len(found) == len(names)
    house = found["a house"]
    assert (house.state, house.width, house.height) == ("answered", 9, 6)
    assert decode(workspace_of(tmp_path).images.read(house.image or "")).pixels[0, 0].tolist() == [77, 77, 77]
    assert found["a fight"].state == "refused"
    assert found["words"].state == "unparsed"
    assert "not a picture" in found["words"].reason
    assert found["an outage"].state == "failed"
    assert "gone fishing" in found["an outage"].reason
    assert all(found[name].state != "answered" for name in names[1:])
    assert all(found[name].image is None and found[name].reason for name in names[1:])
    assert run.unanswered == sum(output.state == "failed" for output in run.kept)


def test_a_refusal_is_done_and_an_outage_is_asked_again(tmp_path: Path) -> None:
    refusal: Rule = {
        "when": "a fight",
        "status": 400,
        "why": "Your request was rejected by the safety system",
        "code": "content_policy_violation",
    }
    items = [item("a house"), item("a fight")]
    first = draw(tmp_path, items, [refusal, {"when": "a house", "status": 422}])
    assert by_item(first)["a fight"].state == "refused"
    assert first.unanswered == 1
    again = draw(tmp_path, items, [refusal, {"when": "a house", "draw": PICTURE}])
    assert by_item(again)["a house"].state == "answered"
    assert [words for words in asked(tmp_path) if "a fight" in words] == ["paint a fight"]


def test_when_every_model_is_out_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(NoAnswers, match="gone fishing"):
        draw(tmp_path, [item("a"), item("b")], [{"status": 404, "why": "gone fishing"}])
    assert workspace_of(tmp_path).tables.manifest("outputs") is None


def test_inputs_go_along_and_analysis_is_not_drawn(tmp_path: Path) -> None:
    given = store_picture(tmp_path, np.full((5, 5, 3), 9, dtype=np.uint8))
    items = [
        item("edit", split="image_to_image", input_images=(given,)),
        item("talk", split="analysis"),
    ]
    run = draw(tmp_path, items, [{"draw": PICTURE}])
    assert list(by_item(run)) == ["edit"]
    (words,) = asked(tmp_path)
    assert "image/png" in words
    assert "paint edit" in words


def test_an_item_whose_input_is_not_here_is_not_drawn_from_its_words_alone(tmp_path: Path) -> None:
    absent = ImageRef(sha256=None, absence="too_many_pixels")
    items = [item("edit", split="image_to_image", input_images=(absent,)), item("house")]
    found = by_item(draw(tmp_path, items, [{"draw": PICTURE}]))
    assert found["edit"].state == "failed"
    assert "too_many_pixels" in found["edit"].reason
    assert found["house"].state == "answered"
    assert len(asked(tmp_path)) == 1


def test_several_samples_are_several_calls_with_seeds_of_their_own(tmp_path: Path) -> None:
    run = draw(tmp_path, [item("house")], [{"draw": PICTURE}], samples=3)
    assert [(output.number, output.seed) for output in run.kept] == [(0, 5), (1, 6), (2, 7)]
    assert len({output.receipt for output in run.kept}) == 3


def test_a_drawn_picture_that_was_lost_is_a_problem_and_not_a_bad_mark(tmp_path: Path) -> None:
    items = [item("house")]
    first = draw(tmp_path, items, [{"draw": PICTURE}])
    workspace_of(tmp_path).images.remove(first.kept[0].image)
    workspace_of(tmp_path).tables.remove("outputs")
    with pytest.raises(ImageMissing, match="not in the store"):
        draw(tmp_path, items, [{"draw": PICTURE}])
    assert workspace_of(tmp_path).tables.manifest("outputs") is None


def test_no_items_is_no_outputs(tmp_path: Path) -> None:
    assert draw(tmp_path, [], []).kept == []
