"""The lab through the one door: in this process and over loopback, with the same answers."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from echoloop.calls import (
    Budget,
    ChatRequest,
    Door,
    DrawRequest,
    Endpoint,
    ImagePart,
    Ledger,
    Message,
    ModerationRequest,
    Part,
    Price,
    Purpose,
    TextPart,
    fenced,
)
from echoloop.collect.relevance import RelevanceAnswer
from echoloop.curate.safety import read_guard
from echoloop.grading import read_grade
from echoloop.images import decode, encode_png
from echoloop.lab.endpoint import open_lab
from echoloop.lab.painters import PAINTERS, Painted, RefusedToPaint, faultless_painters, paint
from echoloop.lab.scenes import Scene, Thing, describe, draw, sample_scene
from echoloop.lab.serve import serving
from echoloop.lab.serve_options import ServeOptions
from echoloop.records import Answered, Refused

MODELS = ("lab-reader", "lab-guard", "lab-judge-fair", "painter-ochre", "painter-garnet", "painter-hazel")
PROMPT = "Draw a red ball, against a night sky."
SCENE = Scene(background="night", things=(Thing(noun="ball", colour="red", cell="centre"),))


class Images:
    """An image store in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def read(self, sha256: str) -> bytes:
        return self.kept[sha256]

    def put(self, data: bytes) -> str:
        name = sha256(data).hexdigest()
        self.kept[name] = data
        return name


@asynccontextmanager
async def door(folder: Path, images: Images, base_url: str | None = None) -> AsyncIterator[Door]:
    endpoints = {
        model: Endpoint(
            name=model,
            provider="lab",
            model=model,
            base_url=base_url or "",
            factory=None if base_url else "echoloop.lab.endpoint:open_lab",
            price=Price(request=0),
        )
        for model in MODELS
    }
    with Ledger(folder / f"{'http' if base_url else 'here'}.sqlite") as ledger:
        opened = Door(
            endpoints=endpoints,
            ledger=ledger,
            images=images,
            budget=Budget(),
            mode="live",
            stop=threading.Event(),
            first_wait=0.01,
        )
        try:
            yield opened
        finally:
            await opened.aclose()


def chat(model: str, data: Any, *pictures: ImagePart) -> ChatRequest:
    parts: list[Part] = [TextPart(fenced(data))]
    for at, picture in enumerate(pictures):
        parts += [TextPart(f"Picture {at + 1}:"), picture]
    messages = (Message("system", (TextPart("Do it."),)), Message("user", tuple(parts)))
    return ChatRequest(provider="lab", model=model, messages=messages)


async def ask_everything(opened: Door, images: Images) -> list[Any]:
    """One request of each sort; what came back, with pictures by their hash."""
    why = Purpose("test")
    picture = ImagePart(images.put(encode_png(draw(SCENE))), "image/png")
    post = {
        "subject": "Lab Painter",
        "post": {"text": "Lab Painter drew this ```data\n{}\n```", "pictures": 1},
    }
    edit = DrawRequest(
        provider="lab",
        model="painter-ochre",
        prompt="Make every red ball blue",
        images=(picture,),
        parameters={"seed": 3},
    )
    plain = DrawRequest(provider="lab", model="painter-ochre", prompt=PROMPT, parameters={"seed": 3, "n": 2})
    moderation = ModerationRequest(
        provider="lab", model="lab-guard", text="how to make a bomb", images=(picture,)
    )
    replies = [
        await opened.ask_structured("lab-reader", chat("lab-reader", post), RelevanceAnswer, why),
        await opened.ask_parsed("lab-guard", chat("lab-guard", {"prompt": PROMPT}, picture), read_guard, why),
        await opened.ask_parsed(
            "lab-judge-fair", chat("lab-judge-fair", {"prompt": PROMPT}, picture), read_grade, why
        ),
        await opened.ask("painter-ochre", plain, why),
        await opened.ask("painter-ochre", edit, why),
        await opened.ask("lab-guard", moderation, why),
    ]
    return [reply.answer for reply in replies]


def test_the_same_answers_in_process_and_over_http(tmp_path: Path) -> None:
    async def scene() -> None:
        images = Images()
        async with AsyncExitStack() as stack:
            base_url = await stack.enter_async_context(serving(ServeOptions()))
            here = await stack.enter_async_context(door(tmp_path, images))
            there = await stack.enter_async_context(door(tmp_path, images, base_url))
            answers = await ask_everything(here, images)
            assert await ask_everything(there, images) == answers
        relevance, guard, grade, drawn, edited, moderation = answers
        assert relevance.value.score == 5
        assert guard == Answered([])
        assert grade.value.score >= 7
        assert len(drawn.value.images) == 2
        assert len(edited.value.images) == 1
        assert moderation.value.flagged
        assert list(moderation.value.categories) == ["S9"]

    asyncio.run(asyncio.wait_for(scene(), 60))


def test_a_refusing_painter_is_refused_and_a_failing_one_succeeds_when_asked_again(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    prompts = [describe(sample_scene(rng), "en", rng) for _ in range(60)]
    by_name = {painter.name: painter for painter in PAINTERS}
    refused = [
        prompt for prompt in prompts if isinstance(paint(by_name["garnet"], prompt, []), RefusedToPaint)
    ]
    failing = [
        prompt for prompt in prompts if not isinstance(paint(by_name["hazel"], prompt, [], "/0"), Painted)
    ]
    assert refused
    assert failing

    async def scene() -> None:
        async with door(tmp_path, Images()) as opened:
            for model, prompt, wanted in [
                ("painter-garnet", refused[0], Refused),
                ("painter-hazel", failing[0], Answered),
            ]:
                request = DrawRequest(provider="lab", model=model, prompt=prompt)
                reply = await opened.ask(model, request, Purpose("test"))
                assert isinstance(reply.answer, wanted)

    asyncio.run(asyncio.wait_for(scene(), 60))


def respond(
    path: str, body: bytes, content_type: str = "application/json", **options: str
) -> tuple[int, Any]:
    lab = open_lab(**options)
    status, _, answer = asyncio.run(lab.respond(path, content_type, body))
    lab.close()
    return status, json.loads(answer)


def test_the_cast_is_an_option() -> None:
    name = faultless_painters()[0].name
    body = msgspec.json.encode({"model": f"painter-{name}", "prompt": PROMPT})
    assert respond("/images/generations", body)[0] == 404
    assert respond("/images/generations", body, cast="faultless")[0] == 200
    with pytest.raises(ValueError, match="faultless"):
        open_lab(cast="perfect")
    with pytest.raises(ValueError, match="colour"):
        open_lab(colour="red")


CHAT = {"model": "lab-reader", "messages": [{"role": "user", "content": fenced({"prompt": ""})}]}


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/chat/completions", {**CHAT, "model": "gpt-unknown"}, 404, "lab-reader"),
        ("/chat/completions", {**CHAT, "model": "painter-ochre"}, 400, "chats"),
        ("/chat/completions", CHAT, 400, "json_schema"),
        ("/chat/completions", {**CHAT, "messages": []}, 400, "user message"),
        ("/chat/completions", {**CHAT, "messages": [{"role": "user", "content": "hi"}]}, 400, "data block"),
        ("/chat/completions", [], 400, "body"),
        ("/images/generations", {"model": "lab-guard", "prompt": "x"}, 400, "paints"),
        ("/images/generations", {"model": "painter-ochre", "prompt": "x", "n": 99}, 400, "n is 99"),
        ("/moderations", {"model": "lab-reader", "input": "x"}, 400, "moderates"),
        ("/embeddings", {"model": "lab-reader"}, 404, "/embeddings"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(path: str, body: Any, status: int, words: str) -> None:
    got, answer = respond(path, msgspec.json.encode(body))
    assert got == status
    assert words in answer["error"]["message"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png",
        "data:image/png;base64,@@@",
        "data:text/html;base64,AAAA",
        "file:///etc/passwd",
    ],
)
def test_pictures_travel_in_the_request_or_not_at_all(url: str) -> None:
    content = [{"type": "text", "text": fenced({})}, {"type": "image_url", "image_url": {"url": url}}]
    body = {"model": "lab-guard", "messages": [{"role": "user", "content": content}]}
    assert respond("/chat/completions", msgspec.json.encode(body))[0] == 400


@pytest.mark.parametrize("cut", [0, 40, 200, -20])
def test_a_form_that_breaks_off_is_an_error(cut: int) -> None:
    picture = encode_png(draw(SCENE))
    form = (
        b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\npainter-ochre\r\n'
        b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nMake every red ball blue\r\n'
        b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
        + picture
        + b"\r\n--b--\r\n"
    )
    assert respond("/images/edits", form, 'multipart/form-data; boundary="b"')[0] == 200
    assert respond("/images/edits", form[:cut], "multipart/form-data; boundary=b")[0] == 400
    assert respond("/images/edits", form, "application/json")[0] == 400


def test_a_retry_after_a_misshapen_answer_is_answered_from_the_first_question() -> None:
    message = {"role": "user", "content": fenced({"prompt": "how to make a bomb"})}
    more = [{"role": "assistant", "content": "?"}, {"role": "user", "content": "Answer again."}]
    status, answer = respond(
        "/chat/completions", msgspec.json.encode({"model": "lab-guard", "messages": [message, *more]})
    )
    assert (status, answer["choices"][0]["message"]["content"]) == (200, "unsafe\nS9")


def test_a_painter_paints_what_the_painters_room_paints() -> None:
    status, answer = respond(
        "/images/generations", msgspec.json.encode({"model": "painter-birch", "prompt": PROMPT, "seed": 5})
    )
    birch = next(painter for painter in PAINTERS if painter.name == "birch")
    painted = paint(birch, PROMPT, [], "5/0")
    assert status == 200
    assert isinstance(painted, Painted)
    import base64

    drawn = decode(base64.b64decode(answer["data"][0]["b64_json"])).pixels
    assert np.array_equal(drawn, painted.pixels)
