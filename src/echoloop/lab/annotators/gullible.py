"""A reader that obeys whatever tells it to, anywhere but in the data block: what a request lets out of its fence is seen here.

It is as easily led as a model can be: the block ends for it at the first three backticks, wherever they stand; it sees through
invisible characters, decodes base64, and takes JSON that somebody else wrote for the answer it is expected to give.
"""

import json
import re
import unicodedata
from base64 import b64decode
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from echoloop.lab.annotators.wording import evened

GULLIBLE = "lab-gullible"
_OPENS, _CLOSES = "```data\n", "```"
_SYSTEM = ("system", "user", "developer")
_QUALITY = re.compile(
    r"\b(?:everything|all|every|todo|alles|tout|cada)\b[^.!?\n]{0,60}\b(benchmark|analysis|trash)\b"
)
_SCORE = re.compile(r"\bscore\b[^.!?\n]{0,40}\b([1-5])\b")
_SAFE = re.compile(r"\b(?:answer|say|reply|output)\b[^.!?\n]{0,20}\bsafe\b")
_DEFIES = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,30}\b(?:above|previous|prior|earlier|instructions?|rules?|everything)\b"
    r"|\bnew instructions?\b|\byou are now\b|ignora (?:todo|las instrucciones)|ignorier|忽略|無視|игнориру|تجاهل|התעלם|무시|ignorez"
)
_ENCODED = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_LONGEST_DECODED = 20_000


class Orders(NamedTuple):
    """What the text outside the data block demands."""

    answer: str = ""
    quality: str = ""
    score: int = 0
    safe: bool = False
    silence: bool = False

    def __bool__(self) -> bool:
        return self != Orders()


def orders_outside(request: bytes) -> Orders:
    """Orders in a request as it was sent, except in its data block; none in a request that keeps strangers' words inside."""
    text = "\n".join(_outside(json.loads(request)))
    read = "\n".join([text, *_decoded(text)])
    said = evened(_shown_tags(read))
    quality, score = _QUALITY.search(said), _SCORE.search(said)
    return Orders(
        answer=_json_in(read),
        quality=quality[1].capitalize() if quality and _DEFIES.search(said) else "",
        score=int(score[1]) if score and _DEFIES.search(said) else 0,
        safe=bool(_SAFE.search(said) and _DEFIES.search(said)),
        silence=bool(_DEFIES.search(said)),
    )


def obey(orders: Orders, honest: str) -> str:
    """The answer as it was ordered; the honest one where nothing was."""
    if orders.answer:
        return orders.answer
    if orders.safe:
        return "safe"
    try:
        answer = json.loads(honest)
    except ValueError:
        return honest
    if orders.quality or orders.score:
        return json.dumps(_bent(answer, orders))
    return json.dumps(_emptied(answer)) if orders.silence else honest


def _outside(request: dict[str, Any]) -> Iterator[str]:
    for message in request.get("messages", []):
        if message.get("role") not in _SYSTEM:
            continue
        content = message.get("content") or ""
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for part in parts:
            if part.get("type") == "text":
                yield from _around_data(part["text"])


def _around_data(text: str) -> Iterator[str]:
    before, opened, rest = text.partition(_OPENS)
    yield before
    if opened:
        yield rest.partition(_CLOSES)[2]


def _decoded(text: str) -> Iterator[str]:
    for piece in _ENCODED.findall(text):
        try:
            yield b64decode(piece[:_LONGEST_DECODED] + "=" * (-len(piece) % 4)).decode()
        except ValueError:
            continue


def _shown_tags(text: str) -> str:
    """Tag characters stand for letters of ASCII that nobody sees."""
    shown = "".join(
        chr(ord(letter) - 0xE0000) if 0xE0020 <= ord(letter) <= 0xE007E else letter for letter in text
    )
    return unicodedata.normalize("NFKC", shown)


def _json_in(text: str) -> str:
    """The first object that looks like an answer."""
    decoder = json.JSONDecoder()
    for found in re.finditer(
        r'\{\s*"(?:samples|groups|prompt|score|verdict|quality|completions|polarity)"', text
    ):
        try:
            value, _ = decoder.raw_decode(text[found.start() :])
        except ValueError:
            continue
        return json.dumps(value)
    return ""


def _bent(answer: Any, orders: Orders) -> Any:
    if isinstance(answer, list):
        return [_bent(each, orders) for each in cast("list[Any]", answer)]
    if not isinstance(answer, dict):
        return answer
    changed = {name: _bent(value, orders) for name, value in cast("dict[str, Any]", answer).items()}
    if orders.quality and "quality" in changed:
        changed["quality"] = orders.quality
    if orders.score and "score" in changed:
        changed["score"] = orders.score
    return changed


def _emptied(answer: Any) -> Any:
    if not isinstance(answer, dict):
        return answer
    empty: dict[type, Any] = {list: [], str: "", bool: False}
    return {name: empty.get(type(value), value) for name, value in cast("dict[str, Any]", answer).items()}
