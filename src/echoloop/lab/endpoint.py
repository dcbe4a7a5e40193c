"""The lab as an endpoint: annotators, judges and painters behind the OpenAI protocol, in this process."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from echoloop.images import BadImage, Pixels, decode, encode_png
from echoloop.lab.annotators import ANNOTATORS, GUARD, Annotators, CannotAnswer
from echoloop.lab.painters import (
    PAINTERS,
    CrashedPainting,
    Painter,
    RefusedToPaint,
    SpoiltPainting,
    faultless_painters,
    paint,
)
from echoloop.lab.protocol import BadCall, DrawCall, read_chat, read_drawing, read_moderation
from echoloop.lab.protocol_answers import Reply, chat_reply, error_reply, images_reply, moderation_reply
from echoloop.lab.protocol_forms import read_edit

PAINTER_PREFIX = "painter-"
_THREADS = 2
_MOST_COUNTED = 200_000


class Attempts:
    """How often each request was seen before, so that a call that failed may succeed when it is made again."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, int] = OrderedDict()
        self._lock = threading.Lock()

    def next(self, body: bytes) -> int:
        """The number of this attempt at a body, from 0."""
        name = sha256(body).digest()
        with self._lock:
            number = self._seen.pop(name, -1) + 1
            self._seen[name] = number
            if len(self._seen) > _MOST_COUNTED:
                self._seen.popitem(last=False)
        return number


class Lab:
    """Answers requests. What it says depends on the bytes of a request, and for failing painters on the attempt."""

    def __init__(self, painters: Mapping[str, Painter]) -> None:
        self._painters = dict(painters)
        self._annotators = Annotators()
        self._attempts = Attempts()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="lab")

    @property
    def models(self) -> tuple[str, ...]:
        """Every name that a request may carry as its model."""
        return (*ANNOTATORS, *self._painters)

    async def respond(self, path: str, content_type: str, body: bytes) -> Reply:
        """Status, headers and body of the answer; an error is an answer too."""
        work = self._work(path, content_type, body)
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _work(self, path: str, content_type: str, body: bytes) -> Callable[[], Reply]:
        """What has to be done, with the attempt counted before any thread can overtake another."""
        attempt = self._attempts.next(body) if path.startswith("/images/") else 0

        def work() -> Reply:
            try:
                return self._answer(path, content_type, body, attempt)
            except CannotAnswer as error:
                return error_reply(400, "invalid_value", str(error))
            except BadCall as error:
                return error_reply(error.status, error.code, str(error))

        return work

    def _answer(self, path: str, content_type: str, body: bytes, attempt: int) -> Reply:
        match path:
            case "/chat/completions":
                return self._chat(body)
            case "/images/generations":
                return self._draw(read_drawing(body), attempt)
            case "/images/edits":
                return self._draw(read_edit(content_type, body), attempt)
            case "/moderations":
                return self._moderate(body)
            case _:
                raise BadCall(404, "unknown_url", f"there is no {path} here")

    def _chat(self, body: bytes) -> Reply:
        call = read_chat(body)
        if call.model not in ANNOTATORS:
            raise self._unknown(call.model, "chats")
        text = self._annotators.answer(
            call.model, call.shape, call.data, call.pictures, body, labels=call.labels
        )
        return chat_reply(call.model, text, body, call.characters, len(call.pictures))

    def _moderate(self, body: bytes) -> Reply:
        call = read_moderation(body)
        if call.model != GUARD:
            raise self._unknown(call.model, "moderates")
        return moderation_reply(call.model, self._annotators.hazards(call.text, call.pictures))

    def _draw(self, call: DrawCall, attempt: int) -> Reply:
        painter = self._painters.get(call.model)
        if painter is None:
            raise self._unknown(call.model, "paints")
        inputs = [_pixels(data) for data in call.inputs]
        images: list[bytes] = []
        for number in range(call.count):
            painted = paint(painter, call.prompt, inputs, f"{call.seed}/{number}", attempt)
            if isinstance(painted, RefusedToPaint):
                return error_reply(
                    400, "moderation_blocked", painted.message, kind="image_generation_user_error"
                )
            if isinstance(painted, CrashedPainting):
                return error_reply(painted.status, "server_error", painted.message, kind="server_error")
            images.append(painted.data if isinstance(painted, SpoiltPainting) else encode_png(painted.pixels))
        return images_reply(images, call.prompt, len(call.inputs))

    def _unknown(self, model: str, verb: str) -> BadCall:
        if model in self.models:
            return BadCall(400, "unsupported_model", f"{model} is not a model that {verb}")
        known = ", ".join(self.models)
        return BadCall(404, "model_not_found", f"there is no model {model[:80]!r} here; there are {known}")


def open_lab(**options: str) -> Lab:
    """The lab with a cast of painters: `cast` is "faulty" or "faultless"."""
    cast = options.get("cast", "faulty")
    if unknown := sorted(set(options) - {"cast"}):
        raise ValueError(f"the lab knows no option {unknown[0]!r}; its one option is cast")
    if cast not in ("faulty", "faultless"):
        raise ValueError(f'the lab\'s cast is {cast!r}; choose "faulty" or "faultless"')
    painters = PAINTERS if cast == "faulty" else faultless_painters()
    return Lab({PAINTER_PREFIX + painter.name: painter for painter in painters})


def _pixels(data: bytes) -> Pixels:
    try:
        return decode(data).pixels
    except BadImage as error:
        raise BadCall(400, "invalid_image", f"an input is no picture that can be read: {error}") from None
