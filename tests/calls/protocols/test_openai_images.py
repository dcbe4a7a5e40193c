"""OpenAI's images over real HTTP: the form of an edit, and everything that a picture may come as."""

import asyncio
import base64
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from hashlib import sha256
from typing import Any

import pytest
from providers import PICTURE, Providers

from echoloop.records.answers import Answered, Failed, Refused

WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8 called .png"
CODED = base64.b64encode(PICTURE).decode()


def run(scene: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 30))


def test_an_edit_sends_every_input_the_mask_and_what_it_was_told(house: Any) -> None:
    async def scene() -> None:
        async with Providers().running() as server, house.opened(base_url=server.openai):
            parts = (house.put_image(b"one"), house.put_image(b"two"))
            mask = house.put_image(b"mask")
            told = {"size": "1024x1024", "quality": "high", "input_fidelity": "high", "n": 1}
            reply = await house.draw("mix", images=parts, mask=mask, parameters=told)
            assert [house.images.read(image) for image in reply.answer.value.images] == [PICTURE]
            plain = await house.draw("mix", images=parts, parameters=told)
            assert plain.key != reply.key
        heard = server.heard[0]
        head = f"Content-Type: {heard.headers['Content-Type']}\r\n\r\n".encode()
        form: Any = BytesParser(policy=HTTP).parsebytes(head + heard.body)
        fields = [
            (part.get_param("name", header="content-disposition"), part.get_payload(decode=True))
            for part in form.iter_parts()
        ]
        assert heard.path == "/openai/v1/images/edits"
        assert fields == [
            ("model", b"sight-1"),
            ("prompt", b"mix"),
            ("input_fidelity", b"high"),
            ("n", b"1"),
            ("quality", b"high"),
            ("size", b"1024x1024"),
            ("image[]", b"one"),
            ("image[]", b"two"),
            ("mask", b"mask"),
        ]

    run(scene)


@pytest.mark.parametrize("picture", [WEBP, b"\x00", b"<svg>not a picture</svg>"])
def test_bytes_are_kept_as_they_came(house: Any, picture: bytes) -> None:
    async def scene() -> None:
        async with Providers(picture=picture).running() as server, house.opened(base_url=server.openai):
            reply = await house.draw()
            assert [house.images.read(image) for image in reply.answer.value.images] == [picture]

    run(scene)


@pytest.mark.parametrize(
    "item",
    [
        {"b64_json": f"{CODED[:10]}\r\n{CODED[10:]}  "},
        {"url": f"data:image/png;base64,{CODED}"},
        {"b64_json": CODED, "url": None, "revised_prompt": "a better ball"},
    ],
)
def test_a_picture_comes_in_many_dresses(house: Any, item: dict[str, Any]) -> None:
    async def scene() -> None:
        async with (
            Providers(answer={"data": [item]}).running() as server,
            house.opened(base_url=server.openai),
        ):
            reply = await house.draw()
            assert [house.images.read(image) for image in reply.answer.value.images] == [PICTURE]

    run(scene)


def test_a_picture_by_address_is_fetched_at_once_and_its_address_is_not_kept(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_KEY", "k3y-that-nobody-may-see")

    async def scene() -> None:
        server = Providers()
        async with server.running(), house.opened(base_url=server.openai, key_env="ACME_KEY"):
            server.answer = {"data": [{"url": f"{server.root}/delivery/a.png?sig=signature"}]}
            for calls in (1, 0):
                reply = await house.draw()
                assert reply.calls == calls
                assert [house.images.read(image) for image in reply.answer.value.images] == [PICTURE]
            assert "signature" not in next(house.ledger.receipts()).response
        (fetched,) = server.asked("/delivery")
        assert "Authorization" not in fetched.headers

    run(scene)


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data", "asked only by https"),
        ("https://[::1]/x", "is not an address of the open internet"),
        ("https://[::ffff:10.0.0.1]/x", "is not an address of the open internet"),
        ("https://0x7f.1/x", "an odd spelling of an address"),
        ("https://2130706433/x", "an odd spelling of an address"),
    ],
)
def test_a_redirect_leads_nowhere_else(house: Any, place: str, reason: str) -> None:
    async def scene() -> None:
        server = Providers()
        async with server.running(), house.opened(base_url=server.openai):
            server.answer = {"data": [{"url": f"{server.root}/moved/x?to={place}"}]}
            assert reason in (await house.draw()).answer.reason

    run(scene)


@pytest.mark.parametrize(
    "answer",
    [
        {"error": {"code": "moderation_blocked", "message": "no"}},
        {"created": 0, "data": [], "error": {"code": "content_policy_violation", "message": "no"}},
    ],
)
def test_nothing_drawn_is_a_refusal(house: Any, answer: dict[str, Any]) -> None:
    async def scene() -> None:
        async with Providers(answer=answer).running() as server, house.opened(base_url=server.openai):
            for calls in (1, 0):
                reply = await house.draw()
                assert isinstance(reply.answer, Refused)
                assert reply.calls == calls

    run(scene)


def test_nothing_without_a_word_is_an_outage_and_is_asked_again(house: Any) -> None:
    """An empty list says neither "I drew" nor "I will not"; Gemini's empty answer is taken the same way."""

    async def scene() -> None:
        async with Providers(answer={"data": []}).running() as server, house.opened(base_url=server.openai):
            reply = await house.draw()
            assert isinstance(reply.answer, Failed)
            assert "does not say that it was declined" in reply.answer.reason
            server.answer = None
            assert isinstance((await house.draw()).answer, Answered)

    run(scene)


def test_an_empty_picture_is_asked_for_once_more_and_then_fails_its_row(house: Any) -> None:
    async def scene() -> None:
        async with Providers(picture=b"").running() as server, house.opened(base_url=server.openai):
            reply = await house.draw()
            assert "an image is empty" in reply.answer.reason
            assert [failure.attempts for failure in house.ledger.failures()] == [2]
            server.picture = PICTURE
            assert (await house.draw()).answer.state == "answered"

    run(scene)


@pytest.mark.parametrize("protocol", ["openai", "chat_images", "gemini", "flux"])
def test_after_a_storm_the_answers_are_those_of_a_calm_day(house: Any, tmp_path: Any, protocol: Any) -> None:
    """30 % 429, 5 % 500, 5 % broken, 5 % cut pictures, 3 % resets, by the hash of a body and how often it came."""

    def storm(name: str, seen: int) -> str | None:
        draw = int(sha256(f"{name}/{seen}".encode()).hexdigest(), 16) % 1000
        for bound, fault in ((300, "429"), (350, "500"), (400, "broken"), (450, "truncated"), (480, "reset")):
            if draw < bound:
                return fault
        return None

    async def drawn(server: Providers, mode: Any) -> list[Any]:
        base_url = {"gemini": server.gemini, "flux": server.bfl}.get(protocol, server.openai)
        limits = {"protocol": protocol, "retries": 12, "concurrency": 8}
        async with house.opened(mode, base_url=base_url, **limits):
            tasks = (house.draw(f"ball {number}", protocol=protocol) for number in range(24))
            return [reply.answer for reply in await asyncio.gather(*tasks)]

    async def scene() -> None:
        stormy = Providers(storm=storm, job=["Ready"])
        async with stormy.running():
            answers = await drawn(stormy, "live")
            assert await drawn(stormy, "offline") == answers
        house.path = tmp_path / "calm.sqlite"
        calm = Providers(job=["Ready"])
        async with calm.running():
            assert await drawn(calm, "live") == answers
        assert {answer.state for answer in answers} == {"answered"}
        assert len(stormy.heard) > len(calm.heard)

    run(scene)
