"""What went in, what came out, what fills a blank, what is a page."""

from typing import Any

import numpy as np
import pytest

from echoloop.curate.pictures import PicturesAnswer
from echoloop.curate.screenshots import ScreenshotAnswer
from echoloop.images import Rendition, encode_jpeg, render
from echoloop.lab.scenes import (
    ChangeBackground,
    Combine,
    Scene,
    SceneRequest,
    Thing,
    apply_edit,
    blank_template,
    describe_edit,
    draw,
    fill,
    read,
    realise,
    sample_scene,
    understand,
)
from echoloop.lab.town.window_text import as_written
from echoloop.lab.town.windows import Screenshot, chat_window, collage

ROOT, REPLY = "https://x.com/i/status/1", "https://x.com/i/status/2"


def question(
    prompt: str, alts: list[str], text: str = "", posts: tuple[str, ...] = (ROOT,)
) -> dict[str, Any]:
    return {
        "subject": "Lab Painter",
        "prompt": prompt,
        "posts": [{"url": url, "text": f"{text}\n{prompt}" if url == ROOT else text} for url in posts],
        "pictures": [
            {"id": at + 1, "post_url": posts[min(at, len(posts) - 1)], "alt": alt}
            for at, alt in enumerate(alts)
        ],
    }


@pytest.fixture
def before() -> Scene:
    return Scene(background="sand", things=(Thing(noun="ball", colour="red", cell="centre"),))


@pytest.fixture
def after(before: Scene) -> Scene:
    return apply_edit(ChangeBackground(background="night"), [read(draw(before))])


EDIT = "Change the background to a night sky."


def test_pictures_from_words_alone_are_all_outputs(ask, before: Scene) -> None:
    answer = ask(
        PicturesAnswer, question("Draw a red ball, against a sandy beach.", ["", ""]), [before, before]
    )
    assert [(group.inputs, group.outputs) for group in answer.groups] == [([], [1, 2])]


@pytest.mark.parametrize("text", ["", "Before / after", "first the result, then my photo"])
def test_pixels_say_which_picture_was_edited(ask, before: Scene, after: Scene, text: str) -> None:
    straight = ask(PicturesAnswer, question(EDIT, ["", ""], text), [before, after])
    turned = ask(PicturesAnswer, question(EDIT, ["", ""], text), [after, before])
    assert [(group.inputs, group.outputs) for group in straight.groups] == [([1], [2])]
    assert [(group.inputs, group.outputs) for group in turned.groups] == [([2], [1])]


def test_words_decide_where_the_prompt_is_beyond_the_reader(ask, before: Scene, after: Scene) -> None:
    prompt = "Give it the mood of late autumn"
    said = ask(
        PicturesAnswer, question(prompt, ["", ""], "First the result, then the original."), [after, before]
    )
    labelled = ask(PicturesAnswer, question(prompt, ["después", "antes"]), [after, before])
    for answer in (said, labelled):
        assert [(group.inputs, group.outputs) for group in answer.groups] == [([2], [1])]


def test_references_come_in_the_order_the_prompt_means(ask, before: Scene) -> None:
    place = Scene(background="lilac", things=(Thing(noun="star", colour="blue", cell="top left"),))
    edit = Combine(noun="ball", colour="red")
    made = apply_edit(edit, [read(draw(before)), read(draw(place))])
    prompt = describe_edit(edit, "es", np.random.default_rng(1))
    answer = ask(PicturesAnswer, question(prompt, ["", "", ""]), [made, place, before])
    assert [(group.inputs, group.outputs) for group in answer.groups] == [([3, 2], [1])]


def test_each_completion_has_its_own_prompt(ask) -> None:
    rng = np.random.default_rng(2)
    template = blank_template("Draw a red ball, against a sandy beach.", "COLOUR", rng)
    assert template is not None
    filled = [fill(template, colour) for colour in ("green", "purple")]
    wanted = [understand(prompt) for prompt in filled]
    scenes = [realise(one, rng) for one in wanted if isinstance(one, SceneRequest)]
    answer = ask(PicturesAnswer, question(template, ["", ""], posts=(ROOT, REPLY)), scenes)
    assert [(one.prompt, one.outputs, one.post_urls) for one in answer.completions] == [
        (filled[0], [1], [ROOT]),
        (filled[1], [2], [REPLY, ROOT]),
    ]


def window(before: Scene, after: Scene, text: str) -> Screenshot:
    return chat_window("Lab Painter", as_written(text), [draw(before)], draw(after), 1.25)


def test_a_chat_window_is_read_from_its_pixels(ask, before: Scene, after: Scene) -> None:
    long = EDIT + ' Keep "everything else" the same, please: no shadows; (really) - don\'t!'
    shot = window(before, after, long)
    data = encode_jpeg(shot.pixels, 95)
    answer = ask(
        ScreenshotAnswer, {"text": "", "width": 480, "height": shot.pixels.shape[0]}, [data], "lab-boxes"
    )
    assert answer.prompt == as_written(long)
    for found, true in zip(
        [*answer.inputs, *answer.outputs], [*shot.input_boxes, *shot.output_boxes], strict=True
    ):
        assert np.abs(np.array(found) - (true.left, true.top, true.right, true.bottom)).max() <= 1


def test_a_window_with_grey_bars_has_boxes_and_no_words(ask, before: Scene, after: Scene) -> None:
    shot = window(before, after, "")
    answer = ask(ScreenshotAnswer, {"text": ""}, [encode_jpeg(shot.pixels, 95)], "lab-boxes")
    assert (answer.prompt, len(answer.inputs), len(answer.outputs)) == ("", 1, 1)


def test_pages_are_named_and_stand_in_no_group(ask, before: Scene, after: Scene) -> None:
    shown = Rendition(shortest_side=512, longest_side=2048, format="jpeg", quality=90)
    for shot in (window(before, after, EDIT), collage(draw(before), draw(after), 4)):
        page = render(encode_jpeg(shot.pixels, 95), shown)
        answer = ask(PicturesAnswer, question(EDIT, [""]), [page], "lab-viewer")
        assert (answer.conversation, answer.groups) == (1, [])


def test_no_plain_picture_is_taken_for_a_page(ask) -> None:
    rng = np.random.default_rng(4)
    scenes = [sample_scene(rng) for _ in range(40)]
    answer = ask(PicturesAnswer, question("A picture of something", [""] * 40), scenes)
    assert answer.conversation is None
    assert len(answer.groups[0].outputs) == 40


def test_bytes_that_are_no_picture_are_left_out(ask, before: Scene) -> None:
    answer = ask(PicturesAnswer, question(EDIT, ["", ""]), [b"<svg/>", before])
    assert [number for group in answer.groups for number in (*group.inputs, *group.outputs)] == [2]
