"""README.md of a release: the YAML that dataset hubs and `datasets` read, and what a person should know before using it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from echoloop.curate.releasing.columns import Column, Kind
from echoloop.curate.releasing.figures import Figures
from echoloop.curate.releasing.rows import SPLITS

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_TAG = re.compile(r"[a-z]{2,3}")
_COUNT = re.compile(r"^- config_name: (\w+)$.*?^    num_examples: (\d+)$", re.MULTILINE | re.DOTALL)


def card_text(figures: Figures, columns: tuple[Column, ...]) -> str:
    """The whole card."""
    return f"---\n{_yaml(figures, columns)}\n---\n\n{_body(figures, columns)}"


def counts_on_card(folder: Path) -> Mapping[str, int] | None:
    """How many items the card says each split has. None: there is no card that says so."""
    try:
        text = (folder / "README.md").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    head = text.partition("\n---\n")[0]
    known, _, _ = head.partition("\nconfigs:")
    return {split: int(count) for split, count in _COUNT.findall(known)}


def bias_lines(figures: Figures) -> list[str]:
    """The two biases that can be counted, each in a sentence."""
    return [_topics(figures), _moods(figures)]


def _yaml(figures: Figures, columns: tuple[Column, ...]) -> str:
    languages = sorted({tag for name in figures.languages if _TAG.fullmatch(tag := name.split("-")[0])})
    size = next((name for limit, name in _SIZES if figures.items < limit), "n>1M")
    lines = [
        "license: other",
        "license_name: the-posts-belong-to-their-authors",
        f"pretty_name: {json.dumps(f'What people ask of {figures.subject}', ensure_ascii=False)}",
        f"version: {json.dumps(figures.version)}",
        *_listed("language", languages),
        *_listed("size_categories", [size]),
        *_listed("task_categories", ["text-to-image", "image-to-image"]),
        *_listed("tags", ["benchmark", "echoloop", *(["dehydrated"] if figures.public else [])]),
        "dataset_info:" if figures.splits else "dataset_info: []",
    ]
    for split, written in figures.splits.items():
        lines += [f"- config_name: {split}", "  features:"]
        lines += [line for column in columns for line in _feature(column)]
        lines += ["  splits:", "  - name: test", f"    num_bytes: {written.bytes}"]
        lines += [f"    num_examples: {written.items}", f"  download_size: {written.file_bytes}"]
        lines += [f"  dataset_size: {written.bytes}"]
    lines.append("configs:" if figures.splits else "configs: []")
    for split in figures.splits:
        lines += [f"- config_name: {split}", "  data_files:", "  - split: test"]
        lines += [f"    path: data/{split}/*.parquet"]
    return "\n".join(lines)


def _listed(name: str, values: list[str]) -> list[str]:
    return [f"{name}:", *(f"- {json.dumps(value)}" for value in values)] if values else []


def _feature(column: Column) -> list[str]:
    name = f"  - name: {column.name}"
    if column.parts:
        parts = [[f"    - name: {part}", f"      dtype: {_dtype(kind)}"] for part, kind in column.parts]
        return [name, "    list:", *(line for part in parts for line in part)]
    return [name, f"    {'list' if column.many else 'dtype'}: {_dtype(column.kind)}"]


def _dtype(kind: Kind) -> str:
    return json.dumps(kind) if "[" in kind else kind


def _body(figures: Figures, columns: tuple[Column, ...]) -> str:
    rows = "\n".join(
        f"| {split} | {written.items if written else 0:,} | {written.file_bytes if written else 0:,} |"
        for split in SPLITS
        for written in [figures.splits.get(split)]
    )
    told = "\n".join(f"| `{column.name}` | {column.says} |" for column in columns)
    biases = "\n".join(f"- {line}" for line in bias_lines(figures))
    return f"""# What people ask of {figures.subject}, version {figures.version}

Tasks that people gave the image model {figures.subject} and shared, curated by echoloop. {_variant(figures)}

| split | items | bytes |
| --- | ---: | ---: |
{rows}

`image_to_image` and `text_to_image` hold complete tasks: a prompt, its input pictures in order, and pictures that people got.
`analysis` holds partial prompts and commentary. Every row names the posts it was made from in `source_posts`, so that it can be
taken down with them.{_hidden(figures)}

| column | what it says |
| --- | --- |
{told}

## Known biases

{biases}
- The people who post what they made are not the people who use a model: the rows say what is shared, not what is asked.

## Files

`datasheet.md` says how this was made and what nobody measured. `croissant.json` describes it to machines. `CHANGELOG.md` and
`changes.csv` say what came, went and changed since the version before, and why. `SHA256SUMS` lists the checksum of every file;
`echoloop release verify FOLDER` checks them and everything else that can be checked.

The posts belong to their authors and stand under the terms of their platforms. Use this to evaluate models, not to train them.
"""


def _variant(figures: Figures) -> str:
    if not figures.public:
        return "This is the private variant, with the words and pictures of posts: it is not for passing on."
    prompts = "prompts" if figures.prompts else "no prompts"
    return (
        f"This is the dehydrated public variant: addresses of posts, hashes of pictures, our labels, {prompts}. "
        "Whoever has access to the platforms can fetch the posts again."
    )


def _hidden(figures: Figures) -> str:
    if figures.public or not figures.held_out:
        return ""
    return (
        f"\n\n{figures.held_out:,} items are marked `held_out`: they are scored like the rest. Never show, quote or publish them; "
        "they are not in the public variant."
    )


def _topics(figures: Figures) -> str:
    found = figures.concentration
    if found is None:
        return "Topic concentration: not measured (no benchmark item is in a task cluster)."
    named = ""
    if not figures.public or figures.prompts:
        named = ": " + ", ".join(f"{name} ({count / found.items:.0%})" for name, count in found.largest)
    return (
        f"Topic concentration: the {len(found.largest)} largest of {found.clusters:,} task clusters hold {found.top_share:.0%} of "
        f"{found.items:,} benchmark items{named}. {found.other / found.items:.0%} are in no common cluster; the others are as "
        f"mixed as {found.effective:.1f} clusters of equal size (exp of the entropy)."
    )


def _moods(figures: Figures) -> str:
    found = figures.balance
    if found is None:
        return "Success and failure in the feedback: not measured (nobody has read it; `echoloop diagnose` does)."
    told = found.success + found.failure
    share = f"{found.failure / told:.0%} of what takes a side is a complaint" if told else "none takes a side"
    return (
        f"Success and failure in the feedback: {found.success:,} success, {found.failure:,} failure, {found.neither:,} neither, "
        f"{found.unread:,} unread; {share}."
    )
