"""What a stage is told about an answer, and a whole stage bought by the batch."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from providers import PICTURE, Providers
from providers_batches import BatchServer

from echoloop.calls import DrawnImages, DrawRequest, Endpoint, Ledger, ModerationRequest, Price, Prompt
from echoloop.calls.batching import bring_in, submit
from echoloop.engine import Desk, Progress, Question, Rendering, Session, Stage
from echoloop.records import Answered, Keep
from echoloop.workspace import Workspace, writing


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    source_posts: tuple[str, ...] = ()


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    KEY = ("number",)

    number: int
    state: str
    said: str
    latency: float | None
    cost: float | None


def draw(wish: Wish, rendering: Rendering) -> DrawRequest:
    return rendering.drawing(f"ball {wish.number}", [])


def chat(wish: Wish, rendering: Rendering) -> Any:
    return rendering.about({"number": wish.number})


def words(text: str) -> str:
    return text


PROMPT = Prompt(name="test", version="1", text="Say it.", sha256="ab" * 32)
DRAWN: Question[Wish, DrawnImages] = Question(
    stage="wishes", endpoint="model", render=draw, reads=None, answers=DrawnImages
)
SAID: Question[Wish, str] = Question(
    stage="wishes",
    endpoint="model",
    render=chat,
    reads=words,
    prompt=PROMPT,
    answers=str,
)


def draws(desk: Desk[None]) -> Iterator[Keep[Seen]]:
    return seen(desk, DRAWN)


def chats(desk: Desk[None]) -> Iterator[Keep[Seen]]:
    return seen(desk, SAID)


def seen(desk: Desk[None], question: Question[Wish, Any]) -> Iterator[Keep[Seen]]:
    rows = [Wish(number=number, source_posts=(f"post-{number}",)) for number in range(4)]
    for asked in desk.ask(rows, question):
        value = asked.answer.value if isinstance(asked.answer, Answered) else ""
        said = value if isinstance(value, str) else ",".join(value.images)
        yield Keep(
            Seen(
                number=asked.row.number,
                state=asked.answer.state,
                said=said,
                latency=asked.latency,
                cost=asked.cost,
            )
        )


def stage(run: Any) -> Stage:
    return Stage(
        act="generate", name="wishes", does="asks", reads=(), writes=Seen, run=run, endpoints=("model",)
    )


@contextmanager
def in_a_thread(running: Any) -> Iterator[Any]:
    """A server in a loop of its own, for a session blocks the one it is in."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def wait(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(30)

    try:
        yield wait(running.__aenter__())
    finally:
        wait(running.__aexit__(None, None, None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def model(protocol: Any, base_url: str) -> Endpoint:
    return Endpoint(
        name="model",
        provider="acme",
        model="m-1",
        base_url=base_url,
        protocol=protocol,
        retries=0,
        price=Price(input=1.0, output=2.0),
    )


def run(folder: Path, endpoint: Endpoint, work: Stage, **options: Any) -> list[Seen]:
    with (
        writing(folder / "workspace") as workspace,
        Session(workspace, [endpoint], progress=Progress("quiet"), **options) as session,
    ):
        session.run([work])
        return [msgspec.convert(row, Seen) for row in session.read("wishes").to_pylist()]


def test_a_stage_learns_how_long_an_answer_took_also_when_it_is_replayed(tmp_path: Path) -> None:
    with in_a_thread(Providers().running()) as server:
        endpoint = model("gemini", server.gemini)
        first = run(tmp_path, endpoint, stage(draws))
        assert {row.state for row in first} == {"answered"}
        assert all(row.latency is not None and row.latency > 0 for row in first)
        assert Workspace(tmp_path / "workspace").images.read(first[0].said) == PICTURE
        again = run(tmp_path, endpoint, stage(draws), mode="offline", force=True)
        assert again == first


def test_a_stage_is_bought_by_the_batch_and_then_runs_from_receipts(tmp_path: Path) -> None:
    with in_a_thread(BatchServer().running()) as server:
        endpoint = model("openai", server.base_url("openai"))
        endpoints = {"model": endpoint}
        with (
            writing(tmp_path / "workspace") as workspace,
            Session(workspace, [endpoint], progress=Progress("quiet"), mode="plan") as session,
        ):
            missing = session.opened.door.keep_missing()
            session.run([stage(chats)])
            folder = workspace.path / "batches"
            ordered = asyncio.run(submit(missing, endpoints, folder, read=workspace.images.read))
            assert [batch.requests for batch in ordered.batches] == [4]
        with writing(tmp_path / "workspace") as workspace, Ledger(workspace.receipts) as ledger:
            while True:
                brought = asyncio.run(bring_in(folder, endpoints, ledger=ledger, put=workspace.images.put))
                if not brought.waiting:
                    break
        rows = run(tmp_path, endpoint, stage(chats))
        assert {row.state for row in rows} == {"answered"}
        assert all(row.said.startswith("echo ") for row in rows)
        assert {row.latency for row in rows} == {None}
        assert [row.cost for row in rows] == [pytest.approx(10e-6)] * 4
        assert not [path for _, path, _, _ in server.heard if path.endswith("/chat/completions")]
        assert set(server.paid.values()) == {1}


def test_requests_speak_their_endpoints_protocol(tmp_path: Path) -> None:
    rendering = Rendering(model("gemini", "http://127.0.0.1/v1"), Workspace(tmp_path).images, PROMPT)
    assert rendering.drawing("x", []).protocol == "gemini"
    assert rendering.about({}).protocol == "gemini"
    with pytest.raises(ValueError, match="no moderation"):
        rendering.moderation("x", [])
    usual = Rendering(model("openai", "http://127.0.0.1/v1"), Workspace(tmp_path).images)
    assert isinstance(usual.moderation("x", []), ModerationRequest)
