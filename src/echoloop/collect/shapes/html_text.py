"""HTML -> the text a reader sees. Nothing is executed or fetched, and no input takes longer than its length.

The standard library's parser goes over some malformed input again and again; this one looks at every character once.
"""

import html
import re

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*+)((?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)>")
_ODD = re.compile(r"<[!?][^<>]*+>|</?[A-Za-z][^<>]*+>")
_BLANK_LINES = re.compile(r"\n{3,}")
_SPACES_BEFORE_BREAK = re.compile(r"[ \t]++(?=\n)")
_PARAGRAPHS = frozenset(
    {"p", "blockquote", "pre", "ul", "ol", "dl", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
)
_LINES = frozenset({"li", "div", "tr", "dt", "dd", "section", "article"})
_UNREAD = frozenset({"script", "style", "template", "noscript", "title"})


def html_to_text(source: str) -> str:
    """Paragraphs apart by an empty line, lines by a break; entities resolved; scripts and styles left out."""
    if "<" not in source and "&" not in source:
        return source.strip()
    parts: list[str] = []
    at = 0
    while (opening := source.find("<", at)) >= 0:
        if opening > at:
            parts.append(html.unescape(source[at:opening]))
        if source.startswith("<!--", opening):
            at = _after(source, "-->", opening + 4)
            continue
        tag = _TAG.match(source, opening)
        if tag is None:
            odd = _ODD.match(source, opening)
            at = odd.end() if odd else opening + 1
            if odd is None:
                parts.append("<")
            continue
        name = tag[2].lower()
        at = tag.end()
        if name in _UNREAD:
            at = at if tag[1] else _after_element(source, name, at)
        elif name in _PARAGRAPHS:
            parts.append("\n\n")
        elif (name == "br" and not tag[1]) or (
            name in _LINES and not next((part for part in reversed(parts) if part), "\n").endswith("\n")
        ):
            parts.append("\n")
    parts.append(html.unescape(source[at:]))
    text = _SPACES_BEFORE_BREAK.sub("", "".join(parts))
    return _BLANK_LINES.sub("\n\n", text).strip()


def _after(source: str, end: str, at: int) -> int:
    found = source.find(end, at)
    return len(source) if found < 0 else found + len(end)


def _after_element(source: str, name: str, at: int) -> int:
    """Behind the end of an element whose inside is no text; without an end there is nothing more to read."""
    found = re.compile(rf"</{name}[^<>]*+>", re.IGNORECASE).search(source, at)
    return found.end() if found else len(source)
