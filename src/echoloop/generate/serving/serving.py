"""Any Python object that draws, as an endpoint in this process: the same door, the same receipts, the same bytes as over HTTP."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from echoloop.generate.serving.calls import (
    BadCall,
    DrawCall,
    Reply,
    broken_reply,
    failure_reply,
    picture_reply,
    read_call,
    refusal_reply,
)
from echoloop.generate.serving.draws import Drawing, Draws
from echoloop.records import Answered, Mistake, Refused


class Serving:
    """Draws one picture at a time in a thread of its own. The model is built when the first picture is asked for."""

    def __init__(self, build: Callable[[], Draws]) -> None:
        self._build = build
        self._model: Draws | None = None
        self._broken = ""
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="drawing")

    async def respond(self, path: str, content_type: str, body: bytes) -> Reply:
        """One answer."""
        try:
            call = read_call(path, content_type, body)
        except BadCall as error:
            return failure_reply(str(error))
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._answer, call)

    def close(self) -> None:
        """Let the thread go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _answer(self, call: DrawCall) -> Reply:
        """Opening that has failed once is not tried again for every picture."""
        if self._model is None and not self._broken:
            try:
                self._model = self._build()
            except Exception as error:  # noqa: BLE001 - a stranger's code may raise anything
                self._broken = f"the model cannot be opened: {_words(error)}"
        if self._model is None:
            return broken_reply(self._broken)
        return _reply(_draw(self._model, call))


def open_model(model: str, **options: str) -> Serving:
    """The factory that endpoints name: `model` is "package.module:function", called with the options to get what draws."""
    module, _, name = model.partition(":")
    try:
        build = getattr(import_module(module), name or "")
    except (ImportError, AttributeError, ValueError) as error:
        raise Mistake(
            f"the image model {model!r} cannot be found: {error}",
            remedy='Write it as "package.module:function", and install its package beside echoloop.',
        ) from error
    return Serving(lambda: build(**options))


def _draw(model: Draws, call: DrawCall) -> Drawing | str:
    try:
        return model.draw(call.prompt, call.images, seed=call.seed, parameters=call.parameters)
    except Exception as error:  # noqa: BLE001 - a stranger's code may raise anything
        return _words(error)


def _reply(drawing: Drawing | str) -> Reply:
    if isinstance(drawing, str):
        return failure_reply(drawing)
    if isinstance(drawing, Answered):
        return picture_reply(drawing.value)
    if isinstance(drawing, Refused):
        return refusal_reply(drawing.reason)
    return failure_reply(drawing.reason)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:400]}"
