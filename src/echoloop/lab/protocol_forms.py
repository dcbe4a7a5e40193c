"""Image edits travel as a multipart form; here it is taken apart."""

from email.message import Message

import msgspec

from echoloop.lab.protocol import BadCall, DrawCall, drawing


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a form."""

    name: str
    value: bytes


def read_form(content_type: str, body: bytes) -> list[Field]:
    """The fields in order."""
    boundary = _parameter("Content-Type", content_type, "boundary")
    if not content_type.lower().startswith("multipart/form-data") or not boundary:
        raise BadCall(400, "invalid_form", "an image edit is sent as multipart/form-data with a boundary")
    mark = b"--" + boundary.encode("utf-8", "replace")
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise BadCall(400, "invalid_form", "the form has no end: it was cut off, or its boundary is another")
    return [_field(piece) for piece in pieces[1:-1]]


def read_edit(content_type: str, body: bytes) -> DrawCall:
    """A request for a changed picture."""
    fields = read_form(content_type, body)
    texts = {field.name: field.value.decode("utf-8", "replace") for field in fields}
    for name in ("model", "prompt"):
        if name not in texts:
            raise BadCall(400, "missing_required_parameter", f"the form has no field {name!r}")
    inputs = tuple(field.value for field in fields if field.name in ("image", "image[]"))
    if not inputs:
        raise BadCall(400, "missing_required_parameter", "the form has no field 'image'")
    count = texts.get("n", "1")
    if not count.isascii() or not count.isdigit():
        raise BadCall(400, "invalid_value", f"n is {count[:20]!r}; it must be a whole number")
    return drawing(texts["model"], texts["prompt"], inputs, int(count), texts.get("seed", ""))


def _field(piece: bytes) -> Field:
    head, gap, value = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    if not gap:
        raise BadCall(400, "invalid_form", "a part of the form has no head")
    lines = head.decode("utf-8", "replace").split("\r\n")
    disposition = next((line for line in lines if line.lower().startswith("content-disposition:")), "")
    name = _parameter("Content-Disposition", disposition.partition(":")[2].strip(), "name")
    if not name:
        raise BadCall(400, "invalid_form", "a part of the form has no name")
    return Field(name=name, value=value)


def _parameter(header: str, value: str, name: str) -> str:
    message = Message()
    message[header] = value.replace("\r", " ").replace("\n", " ")
    found = message.get_param(name, "", header)
    return found if isinstance(found, str) else ""
