"""A thread of Bluesky -> its places, one by one. Threads may be nested deeper than any JSON reader goes."""

import re
from typing import Literal, TypeAlias

import msgspec

from echoloop.collect.shapes.bluesky_entries import Node, Thread
from echoloop.collect.shapes.decoding import Mended, Unreadable, decode

Relation: TypeAlias = Literal["itself", "parent", "reply"]

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)|[{}\[\]]', re.DOTALL)
_OPENING = (b"{", b"[")


class Place(msgspec.Struct):
    """A node, how it stands to the place number `owner`, and how many replies are shown below it."""

    node: Node | Unreadable
    relation: Relation
    owner: int = -1
    shown: int = 0


def read_places(body: bytes, mended: Mended) -> list[Place]:
    """Every place of the thread, a place after its owner. A place that cannot be read is one too, as what is wrong with it."""
    try:
        thread = decode(body, msgspec.json.Decoder(Thread), mended).thread
    except Unreadable as error:
        if error.reason == "not JSON":
            raise
        return _read_cuttings(body, mended)
    return _unfold(thread)


def _unfold(thread: Node) -> list[Place]:
    places = [Place(thread, "itself")]
    done = 0
    while done < len(places):
        node = places[done].node
        if isinstance(node, Node):
            if node.parent:
                places.append(Place(node.parent, "parent", done))
            places += [Place(reply, "reply", done) for reply in node.replies or ()]
            places[done].shown = len(node.replies or ())
        done += 1
    return places


def _read_cuttings(body: bytes, mended: Mended) -> list[Place]:
    decoder = msgspec.json.Decoder(Node)
    places: list[Place] = []
    for cutting in _cut(body):
        try:
            node: Node | Unreadable = decode(cutting.text, decoder, mended)
        except Unreadable as error:
            node = error
        places.append(Place(node, cutting.relation, cutting.owner))
        if cutting.relation == "reply":
            places[cutting.owner].shown += 1
    return places


class _Cutting(msgspec.Struct):
    relation: Relation
    owner: int
    start: int
    text: bytes = b"null"
    holes: list[tuple[int, int]] = []


class _Open(msgspec.Struct):
    """A bracket that is not closed yet: `cutting` is the place it opens, `within` the place it belongs to."""

    start: int
    is_list: bool
    within: int
    cutting: int | None = None
    is_hole: bool = False


def _cut(body: bytes) -> list[_Cutting]:
    """Cut the text into its places, without reading them: in each, what leads to other places becomes null."""
    cuttings: list[_Cutting] = []
    brackets: list[_Open] = []
    key = b""
    for token in _TOKEN.finditer(body):
        text = token.group()
        if text in _OPENING:
            brackets.append(_opened(token.start(), text == b"[", key, brackets, cuttings))
            key = b""
        elif text[:1] == b'"':
            key = text
        elif brackets:
            _close(brackets.pop(), token.end(), body, cuttings)
            key = b""
    return cuttings


def _opened(start: int, is_list: bool, key: bytes, brackets: list[_Open], cuttings: list[_Cutting]) -> _Open:
    outer = brackets[-1] if brackets else None
    relation: Relation | None = None
    if outer is None or is_list:
        replies = is_list and outer is not None and outer.cutting is not None and key == b'"replies"'
        return _Open(start, is_list, outer.within if outer else -1, is_hole=replies)
    if len(brackets) == 1 and not outer.is_list and key == b'"thread"':
        relation = "itself"
    elif outer.cutting is not None and key == b'"parent"':
        relation = "parent"
    elif outer.is_list and outer.is_hole:
        relation = "reply"
    if relation is None:
        return _Open(start, is_list, outer.within)
    cuttings.append(_Cutting(relation, outer.within, start, holes=[]))
    return _Open(start, is_list, len(cuttings) - 1, len(cuttings) - 1, is_hole=relation == "parent")


def _close(bracket: _Open, end: int, body: bytes, cuttings: list[_Cutting]) -> None:
    if bracket.cutting is not None:
        cutting = cuttings[bracket.cutting]
        parts: list[bytes] = []
        at = cutting.start
        for start, stop in cutting.holes:
            parts += [body[at:start], b"null"]
            at = stop
        cutting.text = b"".join([*parts, body[at:end]])
    if bracket.is_hole:
        owner = bracket.within if bracket.cutting is None else cuttings[bracket.cutting].owner
        cuttings[owner].holes.append((bracket.start, end))
