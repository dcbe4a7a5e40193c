"""Prompts are Markdown files beside the act that uses them; what was sent can be named exactly."""

import re
from hashlib import sha256
from importlib import resources

import msgspec

from echoloop.records.problems import Problem

_HEAD = re.compile(r"version:[ \t]*(\S+)[ \t]*\r?\n(?:[ \t]*\r?\n)?")


class BadPrompt(Problem):
    """A prompt file is missing, or does not say its version."""


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    version: str
    text: str
    sha256: str

    @property
    def id(self) -> str:
        """What a receipt says about the prompt: its version for people, its hash for certainty."""
        return f"{self.name}@{self.version}:{self.sha256[:12]}"


def load_prompt(package: str, name: str) -> Prompt:
    """Read `name`.md from a package's folder. Its first line is "version: N"; the text begins after it."""
    where = resources.files(package).joinpath(f"{name}.md")
    try:
        data = where.read_bytes()
    except FileNotFoundError:
        raise BadPrompt(
            f"there is no prompt {name}.md in {package}; add the file, or correct the name"
        ) from None
    head = _HEAD.match(text := data.decode("utf-8"))
    if head is None:
        raise BadPrompt(f'{name}.md in {package} must begin with a line "version: N"')
    return Prompt(
        name=name, version=head[1], text=text[head.end() :].strip(), sha256=sha256(data).hexdigest()
    )
