"""The card of a release: what it holds, how it was made, what it must not be used for."""

_SPLITS = ("image_to_image", "text_to_image", "analysis")


def card_text(subject: str, version: str, counts: dict[str, tuple[int, int]]) -> str:
    """README.md with the YAML that dataset hubs and `datasets` read. `counts`: split -> items, bytes, for splits that have any."""
    configs = "\n".join(
        f"- config_name: {split}\n  data_files:\n  - split: test\n    path: data/{split}/*.parquet"
        for split in counts
    )
    rows = "\n".join(
        f"| {split} | {items:,} | {size:,} |"
        for split in _SPLITS
        for items, size in [counts.get(split, (0, 0))]
    )
    return f"""---
license: other
task_categories:
- text-to-image
- image-to-image
tags:
- benchmark
- echoloop
configs:
{configs}
---

# What people ask of {subject}, version {version}

Tasks that people gave the image model {subject} and shared, curated by echoloop.

| split | items | bytes |
| --- | ---: | ---: |
{rows}

`image_to_image` and `text_to_image` hold complete tasks: a prompt, its input pictures in order, and pictures that people got.
`analysis` holds partial prompts and commentary. Every row names the posts it was made from in `source_posts`, so that it can be
taken down with them. `prompt_modified` says that a prompt is not word for word what its author wrote.

The posts belong to their authors and stand under the terms of their platforms. Use this to evaluate models, not to train them.
`SHA256SUMS` lists the checksum of every file.
"""
