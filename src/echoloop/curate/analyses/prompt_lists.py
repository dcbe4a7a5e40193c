"""Older benchmarks as plain text: one prompt a line."""

from pathlib import Path

from echoloop.curate.analyses.rows import Dataset
from echoloop.records import Mistake, admit_text


def read_prompt_list(spoken: str) -> Dataset:
    """A data set from NAME=FILE."""
    name, sign, file = spoken.partition("=")
    if not (name.strip() and sign and file.strip()):
        raise Mistake(f"{spoken!r} is not NAME=FILE", remedy="Write it as --beside gedit=gedit.txt")
    path = Path(file.strip())
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise Mistake(
            "no such file", where=path, remedy="A list of prompts is a text file, one prompt a line."
        ) from None
    except UnicodeDecodeError as error:
        raise Mistake(f"this is not UTF-8 text ({error.reason})", where=path) from None
    prompts = tuple(admit_text(line).text for line in text.split("\n") if line.strip())
    if not prompts:
        raise Mistake("the list holds no prompt", where=path)
    return Dataset(name=name.strip(), prompts=prompts, languages=(None,) * len(prompts))
