"""A page of a report as its elements and its words."""

import re
from html.parser import HTMLParser
from pathlib import Path


class Page(HTMLParser):
    """The elements and the words of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.inside: list[str] = []
        self.words = ""
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.inside.append(tag)
        self.words += " "

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1] == "script":
            assert not data.strip(), f"inline script in {self.path}"
        self.words += data

    def handle_endtag(self, tag: str) -> None:
        self.words += " "

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", self.words)

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]
