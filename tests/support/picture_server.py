"""A picture server on loopback that can misbehave in every way, and a resolver that says what a test wants it to say."""

import asyncio
import io
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType

from aiohttp.abc import AbstractResolver, ResolveResult
from PIL import Image

Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]


def jpeg(side: int = 24, colour: str = "red") -> bytes:
    """A small honest picture."""
    out = io.BytesIO()
    Image.new("RGB", (side, side + 8), colour).save(out, "JPEG")
    return out.getvalue()


def whole(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> Answering:
    """An answer with a body; `length` is what it claims to be."""
    said = len(body) if length is None else length
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {said}", "Connection: close", *headers))

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode() + b"\r\n\r\n" + body)
        await writer.drain()

    return answer


def moved(place: str) -> Answering:
    """A redirect."""
    return whole(b"", f"Location: {place}", status="302 Found")


def in_turn(*answers: Answering) -> Answering:
    """One answer after the other, the last for good."""
    rest = list(answers)

    async def answer(writer: asyncio.StreamWriter) -> None:
        await (rest.pop(0) if len(rest) > 1 else rest[0])(writer)

    return answer


class PictureServer:
    """`async with PictureServer({"/a.jpg": whole(...)}) as server`; it remembers what it was asked, with the headers."""

    def __init__(self, answers: dict[str, Answering], address: str = "127.0.0.1") -> None:
        self.answers = answers
        self.address = address
        self.asked: Counter[str] = Counter()
        self.heads: list[str] = []
        self.connections = 0
        self.port = 0
        self._busy = 0
        self.busiest = 0

    async def __aenter__(self) -> "PictureServer":
        self._server = await asyncio.start_server(self._serve, self.address, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    def url(self, path: str, host: str = "pictures.example") -> str:
        return f"http://{host}:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._busy += 1
        self.busiest = max(self.busiest, self._busy)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1]
            self.asked[path] += 1
            self.heads.append(head)
            await self.answers.get(path, whole(b"nothing", status="404 Not Found"))(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._busy -= 1
            writer.close()


class Names(AbstractResolver):
    """Answers each name with its addresses; a list of lists is answered in turn, the last for good."""

    def __init__(self, **names: Sequence[Sequence[str]]) -> None:
        self.names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if host not in self.names:
            raise OSError(f"{host} is not known")
        answers = self.names[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in found
        ]

    async def close(self) -> None:
        """Nothing is held."""
