"""What a painter without eyes is told must let it draw what the edit asked for."""

import numpy as np

from echoloop.images import encode_png
from echoloop.lab.annotators.rewriting import RewriteQuestion, rewrite
from echoloop.lab.annotators.sight import Eyes
from echoloop.lab.painters import PAINTERS, paint
from echoloop.lab.painters.painting import Painted
from echoloop.lab.scenes import (
    EditRequest,
    check,
    describe_edit,
    draw,
    facts,
    read,
    sample_edit,
    sample_scene,
    understand,
)


def test_from_words_alone_a_faultless_painter_draws_what_the_edit_asked_for() -> None:
    dice, held = np.random.default_rng(3), []
    for _ in range(30):
        scene = sample_scene(dice)
        before, edit = draw(scene), sample_edit(dice, scene)
        prompt = describe_edit(edit, "en", dice)
        request = understand(prompt)
        if not isinstance(request, EditRequest) or request.inputs > 1:
            continue
        told = rewrite(RewriteQuestion(prompt=prompt, input_pictures=1), [Eyes().look(encode_png(before))])
        painted = paint(PAINTERS[0], told["prompt"], [])
        assert isinstance(painted, Painted)
        held += check(facts(request, [read(before)]), read(painted.pixels))
    assert len(held) > 50
    assert np.mean(held) > 0.8


def test_words_that_need_no_picture_stay_as_they_are() -> None:
    assert rewrite(RewriteQuestion(prompt="Draw a red ball."), []) == {"prompt": "Draw a red ball."}
