"""The lab's server, over real HTTP: each fault by its flag."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from echoloop.calls import fenced
from echoloop.lab.serve import serving
from echoloop.lab.serve_faults import fate_of
from echoloop.lab.serve_options import ServeOptions
from echoloop.records import Mistake

Client = Callable[..., Awaitable[tuple[int, Any, bytes]]]


def guard_call(prompt: str = "Draw a red ball.") -> bytes:
    messages = [{"role": "user", "content": fenced({"prompt": prompt})}]
    return json.dumps({"model": "lab-guard", "messages": messages}).encode()


def with_server(options: ServeOptions, scene: Callable[[str, Client], Awaitable[None]]) -> None:
    async def run() -> None:
        async with serving(options) as base_url, aiohttp.ClientSession() as session:

            async def post(path: str, body: bytes, **headers: str) -> tuple[int, Any, bytes]:
                kind = {"Content-Type": "application/json", **headers}
                async with session.post(base_url + path, data=body, headers=kind) as response:
                    return response.status, response.headers, await response.read()

            await scene(base_url, post)

    asyncio.run(asyncio.wait_for(run(), 30))


def test_without_faults_it_is_the_lab() -> None:
    async def scene(base_url: str, post: Client) -> None:
        status, _, body = await post("/chat/completions", guard_call("how to rob a bank"))
        choice = json.loads(body)["choices"][0]
        assert (status, choice["message"]["content"], choice["finish_reason"]) == (200, "unsafe\nS2", "stop")
        async with aiohttp.ClientSession() as session, session.get(f"{base_url}/models") as response:
            assert "lab-judge-strict" in await response.text()

    with_server(ServeOptions(), scene)


@pytest.mark.parametrize("form", ["seconds", "date", "none"])
def test_too_many_requests_say_when_to_come_back_or_not(form: Any) -> None:
    async def scene(base_url: str, post: Client) -> None:
        status, headers, _ = await post("/chat/completions", guard_call())
        assert status == 429
        wait = headers.get("Retry-After")
        match form:
            case "seconds":
                assert float(wait) == 2
            case "date":
                assert parsedate_to_datetime(wait).tzinfo is not None
            case _:
                assert wait is None

    with_server(ServeOptions(rate_429=1, retry_after=form, retry_after_seconds=2), scene)


def test_a_server_error() -> None:
    async def scene(base_url: str, post: Client) -> None:
        status, _, body = await post("/chat/completions", guard_call())
        assert (status, json.loads(body)["error"]["type"]) == (500, "server_error")

    with_server(ServeOptions(rate_500=1), scene)


def test_a_broken_body() -> None:
    async def scene(base_url: str, post: Client) -> None:
        status, _, body = await post("/chat/completions", guard_call())
        assert status == 200
        with pytest.raises(json.JSONDecodeError):
            json.loads(body)

    with_server(ServeOptions(rate_broken_json=1), scene)


def test_a_refusal_of_a_chat_and_of_a_picture() -> None:
    async def scene(base_url: str, post: Client) -> None:
        _, _, body = await post("/chat/completions", guard_call())
        assert json.loads(body)["choices"][0]["message"]["refusal"]
        draw = json.dumps(
            {"model": "painter-ochre", "prompt": "Draw a red ball, against a night sky."}
        ).encode()
        status, _, body = await post("/images/generations", draw)
        assert (status, json.loads(body)["error"]["code"]) == (400, "moderation_blocked")

    with_server(ServeOptions(rate_refusal=1), scene)


def test_a_truncated_answer() -> None:
    async def scene(base_url: str, post: Client) -> None:
        _, _, body = await post("/chat/completions", guard_call())
        choice = json.loads(body)["choices"][0]
        assert (choice["finish_reason"], choice["message"]["content"]) == ("length", "sa")

    with_server(ServeOptions(rate_truncation=1), scene)


def test_a_reset_connection() -> None:
    async def scene(base_url: str, post: Client) -> None:
        with pytest.raises(aiohttp.ClientError):
            await post("/chat/completions", guard_call())

    with_server(ServeOptions(rate_reset=1), scene)


def test_a_stall_outlasts_a_client_and_the_server_still_closes() -> None:
    async def scene(base_url: str, post: Client) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(post("/chat/completions", guard_call()), 0.2)

    with_server(ServeOptions(rate_stall=1), scene)


def test_an_error_echoes_the_key_only_when_told_to() -> None:
    for echo in (False, True):

        async def scene(base_url: str, post: Client, echo: bool = echo) -> None:
            _, _, body = await post("/chat/completions", guard_call(), Authorization="Bearer plain-key")
            assert (b"plain-key" in body) is echo

        with_server(ServeOptions(rate_500=1, echo_key=echo), scene)


def test_stats_and_the_count_file_agree(tmp_path: Path) -> None:
    options = ServeOptions(rate_500=0.4, seed=3, count_file=tmp_path / "count")
    bodies = [guard_call(f"prompt {at}") for at in range(40)]

    async def scene(base_url: str, post: Client) -> None:
        answers = await asyncio.gather(*(post("/chat/completions", body) for body in bodies))
        good = sorted(
            sha256(body).hexdigest() for body, answer in zip(bodies, answers, strict=True) if answer[0] == 200
        )
        assert 0 < len(good) < 40
        assert sorted((tmp_path / "count").read_text().split()) == good
        async with (
            aiohttp.ClientSession() as session,
            session.get(base_url.removesuffix("/v1") + "/stats") as response,
        ):
            stats = await response.json()
        assert stats == {
            "calls": 40,
            "paths": {"/chat/completions": 40},
            "statuses": {"200": len(good), "500": 40 - len(good)},
            "faults": {"500": 40 - len(good)},
        }

    with_server(options, scene)


def test_faults_depend_on_seed_body_and_attempt_alone() -> None:
    options = ServeOptions(rate_429=0.2, rate_500=0.2, rate_reset=0.2, latency=1, latency_jitter=2)
    fates = [fate_of(options, b"%d" % at, 0) for at in range(2000)]
    assert fates == [fate_of(options, b"%d" % at, 0) for at in range(2000)]
    assert fates != [fate_of(options, b"%d" % at, 1) for at in range(2000)]
    for fault in ("429", "500", "reset"):
        assert 0.17 < sum(fate.fault == fault for fate in fates) / 2000 < 0.23
    assert {fate.fault for fate in fates} == {"429", "500", "reset", None}
    assert all(1 <= fate.delay < 3 for fate in fates)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate_500": 1.5},
        {"rate_429": 0.6, "rate_reset": 0.6},
        {"latency": -1.0},
        {"stall_seconds": float("inf")},
    ],
)
def test_impossible_options_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(Mistake, match=next(iter(wrong)) if len(wrong) == 1 else "rates"):
        ServeOptions(**wrong)


def test_the_fixed_answer_is_constant() -> None:
    async def scene(base_url: str, post: Client) -> None:
        answers = {(await post("/chat/completions", body))[2] for body in (b"{}", b"x" * 900_000)}
        assert [json.loads(body)["choices"][0]["message"]["content"] for body in answers] == ['{"a": 1}']

    with_server(ServeOptions(answer="fixed", fixed_content='{"a": 1}'), scene)


def test_a_batch_answers_every_line_of_its_file() -> None:
    lines = [
        {
            "custom_id": f"c{at}",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": json.loads(guard_call(prompt)),
        }
        for at, prompt in enumerate(("a ball", "how to rob a bank"))
    ]
    data = "\n".join(map(json.dumps, lines)).encode()
    form = (
        b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="in.jsonl"\r\n\r\n'
        + data
        + b"\r\n--b--\r\n"
    )

    async def scene(base_url: str, post: Client) -> None:
        _, _, body = await post("/files", form, **{"Content-Type": "multipart/form-data; boundary=b"})
        new = {"input_file_id": json.loads(body)["id"], "endpoint": "/v1/chat/completions"}
        _, _, body = await post("/batches", json.dumps(new).encode())
        batch = json.loads(body)
        async with aiohttp.ClientSession() as session:
            while batch["status"] != "completed":
                async with session.get(f"{base_url}/batches/{batch['id']}") as response:
                    batch = await response.json()
            async with session.get(f"{base_url}/files/{batch['output_file_id']}/content") as response:
                answers = [json.loads(line) for line in (await response.text()).splitlines()]
            async with session.get(f"{base_url}/batches/none") as response:
                assert response.status == 404
        assert batch["request_counts"] == {"total": 2, "completed": 2, "failed": 0}
        said = {
            answer["custom_id"]: answer["response"]["body"]["choices"][0]["message"]["content"]
            for answer in answers
        }
        assert said == {"c0": "safe", "c1": "unsafe\nS2"}
        status, _, _ = await post("/batches", json.dumps({**new, "input_file_id": "file-0"}).encode())
        assert status == 404

    with_server(ServeOptions(), scene)


def batch_of(prompts: list[str]) -> bytes:
    """A form with a file of calls to the guard."""
    lines = [
        {
            "custom_id": f"c{at}",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": json.loads(guard_call(prompt)),
        }
        for at, prompt in enumerate(prompts)
    ]
    return (
        b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="in.jsonl"\r\n\r\n'
        + "\n".join(map(json.dumps, lines)).encode()
        + b"\r\n--b--\r\n"
    )


async def ordered(post: Client, prompts: list[str]) -> dict[str, Any]:
    """A batch over a file."""
    _, _, body = await post(
        "/files", batch_of(prompts), **{"Content-Type": "multipart/form-data; boundary=b"}
    )
    new = {
        "input_file_id": json.loads(body)["id"],
        "endpoint": "/v1/chat/completions",
        "metadata": {"mine": "yes"},
    }
    return json.loads((await post("/batches", json.dumps(new).encode()))[2])


async def got(base_url: str, path: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(base_url + path) as response:
        return await response.read()


async def ended(base_url: str, name: str) -> dict[str, Any]:
    """The batch when nothing more comes."""
    while True:
        batch = json.loads(await got(base_url, f"/batches/{name}"))
        if batch["status"] not in ("validating", "in_progress"):
            return batch
        await asyncio.sleep(0.01)


async def lines_of(base_url: str, name: str) -> dict[str, Any]:
    """The lines of a file of results by their custom id."""
    lines = map(json.loads, (await got(base_url, f"/files/{name}/content")).splitlines())
    return {line["custom_id"]: line for line in lines}


def test_a_batch_expires_and_keeps_what_was_made() -> None:
    async def scene(base_url: str, post: Client) -> None:
        begun = await ordered(post, ["a", "b", "c"])
        batch = await ended(base_url, begun["id"])
        assert (batch["status"], batch["metadata"]) == ("expired", {"mine": "yes"})
        assert set(await lines_of(base_url, batch["output_file_id"])) == {"c0"}
        errors = await lines_of(base_url, batch["error_file_id"])
        assert {line["error"]["code"] for line in errors.values()} == {"batch_expired"}
        assert set(errors) == {"c1", "c2"}
        listed = json.loads(await got(base_url, "/batches?limit=5"))
        assert [one["id"] for one in listed["data"]] == [batch["id"]]

    with_server(ServeOptions(batch_expires_after=1), scene)


def test_faults_hit_the_lines_of_a_batch_too() -> None:
    async def scene(base_url: str, post: Client) -> None:
        begun = await ordered(post, [f"prompt {at}" for at in range(20)])
        batch = await ended(base_url, begun["id"])
        good = await lines_of(base_url, batch["output_file_id"])
        bad = await lines_of(base_url, batch["error_file_id"])
        assert len(good) + len(bad) == 20
        assert {line["response"]["status_code"] for line in bad.values()} == {500}
        assert batch["request_counts"] == {"total": 20, "completed": len(good), "failed": len(bad)}

    with_server(ServeOptions(rate_500=0.4, seed=3), scene)


def test_batches_outlive_a_server_that_keeps_them(tmp_path: Path) -> None:
    names: list[str] = []

    async def begin(base_url: str, post: Client) -> None:
        names.append((await ordered(post, ["a", "b"]))["id"])

    async def go_on(base_url: str, post: Client) -> None:
        batch = await ended(base_url, names[0])
        assert batch["status"] == "completed"
        assert len(await lines_of(base_url, batch["output_file_id"])) == 2

    with_server(ServeOptions(batch_folder=tmp_path, batch_seconds=30), begin)
    for _ in range(2):
        with_server(ServeOptions(batch_folder=tmp_path), go_on)


def test_as_a_process_it_says_where_it_listens_and_stops_when_told() -> None:
    command = [
        str(Path(sys.executable).with_name("echoloop")),
        "lab",
        "serve",
        "--port",
        "0",
        "--rate-500",
        "1",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            base_url = process.stdout.readline().removeprefix("listening on ").strip()

            async def scene() -> int:
                async with (
                    aiohttp.ClientSession() as session,
                    session.post(f"{base_url}/chat/completions", data=guard_call()) as response,
                ):
                    return response.status

            assert asyncio.run(scene()) == 500
        finally:
            process.terminate()
        assert process.wait(timeout=20) == 0
