"""Where the words of a prompt come from is looked up, not believed."""

import random
import time

import pytest

from echoloop.curate.provenance import sources_of, trace, trace_filled
from echoloop.curate.spans import Source
from echoloop.records import ImageRef, Post

POST = 'Made this today!\nPrompt: "a red ball on the   beach, at night" #art'
OTHER = "and then: make it snow, with a small dog in the middle"
CHINESE = "提示词：画一个蓝色的房子，在山上，有雪"


def origin(prompt: str, *texts: str) -> str:
    return trace(prompt, [Source(text) for text in texts or (POST, OTHER)]).origin


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a red ball on the beach, at night", "verbatim"),
        ("“a red ball on the beach, at night”", "verbatim"),
        ("a red ball on the at night", "verbatim"),
        ("red ball on the beach at night", "verbatim"),
        ("make it snow with a dog in the middle", "verbatim"),
        ("a red ball on the beach, at night make it snow, with a small dog in the middle", "joined"),
        ("a blue ball on the beach", "edited"),
        ("something nobody wrote at all", "edited"),
        ("on the beach, at night a red ball", "joined"),
        ("at night a red ball", "edited"),
    ],
)
def test_origins(prompt: str, expected: str) -> None:
    assert origin(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("a cat – at night… «now»", "a cat - at night... “now”"),
        ("a ｗｉｄｅ　cat", "a wide cat"),
        ("caf\u00e9", "cafe\u0301"),
        ("a red ball", "a r\u200bed\u2060 b\xadall"),
        ("don't", "don’t"),
        ("画一个房子，在山上", CHINESE),
        ("قطة حمراء على السطح", "رسمت: قطة حمراء\u200f على السطح، شكرا"),
        ("חתול אדום על הגג", "הבקשה שלי: חתול אדום על הגג"),
    ],
)
def test_how_a_text_is_typed_is_no_modification(prompt: str, text: str) -> None:
    assert origin(prompt, text) == "verbatim"


def test_words_that_are_scattered_over_a_long_post_are_not_its_prompt() -> None:
    long = " ".join(f"word{number} and" for number in range(200)) + " red " + "so what " * 50 + "ball"
    assert origin("red ball and word3", long) == "edited"


def test_a_changed_word_is_shown_where_it_stands() -> None:
    assert trace("a blue ball on the beach", [Source(POST)]).diff == "a [-red-] {+blue+} ball on the beach"
    assert trace("画一个红色的房子，在山上", [Source(CHINESE)]).diff == "画一个[-蓝-]{+红+}色的房子,在山上"


def test_a_filled_blank_is_told_from_an_edit() -> None:
    template = "fill it in: a [COLOUR] house on the hill please"
    assert trace("a red house on the hill", [Source(template)]).origin == "filled"
    assert trace("a red house on the moon", [Source(template)]).origin == "edited"
    assert trace("a [COLOUR] house on the hill", [Source(template)]).origin == "verbatim"


@pytest.mark.parametrize(
    ("prompt", "invented"),
    [
        ("a blue ball on the beach", False),
        ("a red ball on the wet beach, at night", False),
        ("something nobody wrote at all", True),
        ("a painting of a crimson sphere lying on the sand by night", True),
        ("una pelota roja en la playa, de noche", True),
        ("make it snow and a castle of glass rises over the frozen sea, seen by a child", True),
    ],
)
def test_a_prompt_that_nobody_wrote_is_known(prompt: str, invented: bool) -> None:
    assert trace(prompt, [Source(POST), Source(OTHER)]).invented is invented


def test_a_prompt_in_the_description_of_a_picture_is_the_posts_own() -> None:
    images = (ImageRef(sha256="0" * 64, alt="Prompt: a tall green tower in fog"),)
    post = Post(url="u", platform="x", text="see the description", created_at=None, images=images)
    assert trace("a tall green tower in fog", sources_of([post])).origin == "verbatim"


@pytest.mark.parametrize(
    ("template", "prompt", "diff"),
    [
        ("a [COLOUR] house", "a red house", "a [-[COLOUR]-] {+red+} house"),
        ("[ANIMAL] in [PLACE]", "a cat in Paris", "{+a cat+} in {+Paris+}"),
        ("a [COLOUR] house", "buy my coins now", None),
        ("a portrait of ____ in the style of a poster", "a portrait of", None),
    ],
)
def test_a_completion_keeps_the_words_of_its_template(template: str, prompt: str, diff: str | None) -> None:
    filled = trace_filled(prompt, template)
    assert (filled and filled.diff) == diff


def test_a_flood_of_emoji_is_searched_in_bounded_time() -> None:
    flood = "🎨" * 100_000
    assert origin("a red ball", flood) == "edited"
    assert origin("🎨" * 50, flood) == "verbatim"


@pytest.mark.parametrize("kind", ["omitted", "edited", "invented", "two letters", "one word"])
def test_long_posts_and_prompts_take_little_time_and_little_room(kind: str) -> None:
    """The bound is 100 ms on a quiet core; the best of three runs has to keep it here with room for a busy one."""
    chance = random.Random(1)
    words = [f"w{number}" for number in range(3000)] + ["the", "a", "of", "and"] * 300
    post = [chance.choice(words) for _ in range(20_000)]
    part = post[5000:7000]
    texts = {
        "omitted": (post, [word for word in part if chance.random() > 0.1]),
        "edited": (post, [word if chance.random() > 0.1 else "XX" for word in part]),
        "invented": (post, [chance.choice(words) for _ in range(2000)]),
        "two letters": ([chance.choice("ab") for _ in range(20_000)], ["a", "b", "c"] * 666),
        "one word": (["ha"] * 20_000, ["ha", *["ha", "ho"] * 1000]),
    }
    whole, prompt = texts[kind]
    times: list[float] = []
    for _ in range(3):
        begun = time.process_time()
        found = trace(" ".join(prompt), [Source(" ".join(whole))])
        times.append(time.process_time() - begun)
    assert min(times) < 0.3
    assert len(found.diff) < 6_100
