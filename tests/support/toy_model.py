"""A model in this process that behaves as the text of a post tells it to: for tests of what stands around a model."""

import asyncio
import json
from pathlib import Path

from echoloop.calls import read_fenced


class ToyModel:
    """Answers relevance questions. Words in a post choose the behaviour; `log` gets one line for each call."""

    def __init__(self, log: str = "", delay: str = "0", down: str = "") -> None:
        self._log = Path(log) if log else None
        self._delay = float(delay)
        self._down = Path(down) if down else None

    async def respond(self, path: str, content_type: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """One chat completion."""
        assert (path, content_type) == ("/chat/completions", "application/json")
        request = json.loads(body)
        text = _words(request)
        if self._log is not None:
            with self._log.open("a") as log:
                log.write(text[:40].replace("\n", " ") + "\n")
        await asyncio.sleep(self._delay)
        if "outage" in text and self._down is not None and self._down.exists():
            return 401, {}, b'{"error": {"message": "this key is over"}}'
        return 200, {}, json.dumps(_completion(request["model"], text)).encode()


def _words(request: dict) -> str:
    content = request["messages"][1]["content"]
    return read_fenced(content if isinstance(content, str) else content[0]["text"])["post"]["text"]


def _completion(model: str, text: str) -> dict:
    message: dict[str, str | None] = {
        "role": "assistant",
        "content": json.dumps({"score": 5, "note": text[:10]}),
    }
    if "refuse" in text:
        message = {"role": "assistant", "content": None, "refusal": "I would rather not."}
    elif "mumble" in text:
        message["content"] = "well, five out of five, I suppose"
    elif "fence" in text:
        message["content"] = 'Sure! ```json\n{"score": 4, "note": "x",}\n```'
    elif "dull" in text:
        message["content"] = '{"score": 2, "note": ""}'
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    usage = {"prompt_tokens": 1000, "completion_tokens": 1000}
    return {"id": "toy", "object": "chat.completion", "model": model, "choices": [choice], "usage": usage}


def open_toy(**options: str) -> ToyModel:
    """The factory that endpoints name."""
    return ToyModel(**options)
