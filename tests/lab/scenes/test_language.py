"""What is said is understood, exactly, in every language; nothing else is."""

import numpy as np
import pytest

from echoloop.lab.scenes import (
    LANGUAGES,
    STYLES,
    EditRequest,
    Language,
    Recolour,
    Scene,
    SceneRequest,
    Thing,
    blank_template,
    complete,
    describe,
    describe_edit,
    draw,
    fill,
    find_prompts,
    is_template,
    read,
    request_of,
    sample_edit,
    sample_scene,
    understand,
)

every_language = pytest.mark.parametrize("language", LANGUAGES)


@every_language
def test_thousand_scenes_round_trip(language: Language) -> None:
    rng = np.random.default_rng(1)
    for at in range(1000):
        scene, style = sample_scene(rng), STYLES[at % 3]
        text = describe(scene, language, rng, style)
        assert understand(text) == request_of(scene, style), text


@every_language
def test_thousand_edits_round_trip(language: Language) -> None:
    rng = np.random.default_rng(2)
    for _ in range(1000):
        edit = sample_edit(rng, sample_scene(rng, face=0.5), sample_scene(rng))
        text = describe_edit(edit, language, rng)
        assert understand(text) == EditRequest(edit=edit), text


@every_language
def test_blanks_are_completed_from_the_picture(language: Language) -> None:
    rng = np.random.default_rng(3)
    completed = tried = 0
    for at in range(150):
        scene = sample_scene(rng, word=0.7)
        prompt = describe(scene, language, rng, STYLES[at % 3])
        template = blank_template(prompt, ("COLOUR", "OBJECT", "WORD")[at % 3], rng)
        if template is None:
            continue
        tried += 1
        assert is_template(template)
        assert not is_template(prompt)
        assert understand(template) is None
        completion = complete(template, read(draw(scene)))
        assert completion in (None, prompt)
        completed += completion == prompt
    assert completed >= 0.95 * tried > 100


@every_language
def test_wrapping_is_tolerated(language: Language) -> None:
    rng = np.random.default_rng(4)
    scene = sample_scene(rng)
    text = describe(scene, language, rng).rstrip(".。")
    for wrapped in (
        f"  “{text}.”\n",
        f"🎨✨ {text} 🙏🏽",
        f'"{text}"',
        f"«{text}»…",
        text.replace(" ", "\n "),
        f"\u3000{text}\u00a0",
    ):
        assert understand(wrapped) == request_of(scene, "placed"), wrapped


@pytest.mark.parametrize(
    "text",
    [
        "",
        "wow, how did you do that?",
        "Draw a red ball",
        "Draw a red ball and a dog, against a blue sky.",
        "Draw a red balloon, against a blue sky.",
        "lol Draw a red ball, against a blue sky.",
        "Draw a red ball, against a blue sky. Also a cat.",
        "Draw two red balls in the centre, against a blue sky.",
        "Make every red ball",
        "ſmall ıt draw a ſmall red ball, against a blue sky",
        "Draw a [COLOUR] ball, against a blue sky.",
        "Make every red ball blue. " * 500,
    ],
)
def test_other_text_is_not_understood(text: str) -> None:
    assert understand(text) is None


def test_odd_letters_never_crash() -> None:
    assert understand("Draw a ſmall red ball, against a blue sky") is None
    assert understand("Draw a small red ball, agaınst a blue sKy") is None


def test_two_contradicting_words_in_one_band_are_kept_as_said() -> None:
    text = 'Draw a red ball, against a blue sky, with the word "HI" at the top. Write "YO" at the top.'
    request = understand(text)
    assert isinstance(request, SceneRequest)
    assert [lettering.word for lettering in request.words] == ["HI", "YO"]


def test_prompts_are_found_inside_posts() -> None:
    post = "Look at this!! prompt: Draw a small red ball, against a blue sky. Then I said 把所有红色的球改成蓝色。 lol"
    scene, edit = find_prompts(post)
    assert post[scene.start : scene.end] == "Draw a small red ball, against a blue sky."
    assert (scene.language, edit.language) == ("en", "zh")
    assert edit.request == EditRequest(edit=Recolour(noun="ball", old="red", new="blue"))


def test_filling_agrees_with_the_noun() -> None:
    template = "Dibuja un [OBJECT] rojo pequeño, delante de un cielo azul."
    assert fill(template, "star") == "Dibuja una estrella roja pequeña, delante de un cielo azul."
    assert (
        fill("Draw a [COLOUR] box, against a blue sky", "orange") == "Draw an orange box, against a blue sky"
    )
    with pytest.raises(ValueError, match="vocabulary"):
        fill(template, "dragon")
    with pytest.raises(ValueError, match="blank"):
        fill("hello", "star")


def test_a_picture_that_does_not_tell_completes_nothing() -> None:
    scene = Scene(things=(Thing(noun="box", colour="red", cell="centre"),))
    assert complete("Draw a [COLOUR] ball, against a blue sky", read(draw(scene))) is None
    assert complete("not a template", read(draw(scene))) is None
