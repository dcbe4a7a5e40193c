"""Items -> a release: two variants, built in a draft, read back, passed through the gate, then put in place together."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from echoloop.curate.releasing.card import card_text, counts_on_card
from echoloop.curate.releasing.changes import (
    CHANGELOG,
    CHANGES,
    Change,
    changelog_text,
    changes_between,
    changes_text,
    earlier_changelog,
    reasons_for_leaving,
)
from echoloop.curate.releasing.checksums import SUMS, sum_of, sums_of, sums_text
from echoloop.curate.releasing.columns import PRIVATE, Column, public_columns
from echoloop.curate.releasing.croissant import croissant_text
from echoloop.curate.releasing.datasheet import datasheet_text
from echoloop.curate.releasing.drafts import drafting, place
from echoloop.curate.releasing.evidence import Evidence, gather
from echoloop.curate.releasing.figures import Figures, figures_of
from echoloop.curate.releasing.gate import (
    Finding,
    count_findings,
    leak_findings,
    refuse,
    row_findings,
    table_findings,
)
from echoloop.curate.releasing.holding_out import check_share
from echoloop.curate.releasing.looking import picture_findings
from echoloop.curate.releasing.published import NOTE, ReleaseNote, Told, read_note, read_told
from echoloop.curate.releasing.rows import SPLITS, Row, dehydrated, rows_of, weigh, weigh_dehydrated, whole
from echoloop.curate.releasing.shards import SHARD_BYTES, write_split
from echoloop.curate.releasing.versions import (
    PUBLIC,
    Version,
    predecessor,
    read_version,
    refuse_silent_loss,
)
from echoloop.workspace import ImageStore, Workspace


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A written version: its folders, how many items each split has, and what is different from the version before.

    `hold_out` is the share that was asked for; `new` is False where this version stood there already, byte for byte.
    """

    folder: str
    public: str
    version: str
    splits: dict[str, int]
    hold_out: float = 0.0
    held_out: int = 0
    new: bool = True
    before: str = ""
    changes: tuple[Change, ...] = ()


class _Kind(NamedTuple):
    """What makes a variant: its columns, how a row fills them, about how many bytes that is."""

    public: bool
    columns: tuple[Column, ...]
    fill: Callable[[Row], dict[str, Any]]
    weigh: Callable[[Row], int]


class _Variant(NamedTuple):
    """One of the two, while it is built. `earlier`: the folder of the same variant of the version before."""

    folder: Path
    columns: tuple[Column, ...]
    figures: Figures
    told: list[Told]
    earlier: Path | None


def write_release(
    workspace: Workspace,
    subject: str,
    version: str,
    *,
    hold_out: float | None = None,
    public_prompts: bool = False,
    shard_bytes: int = SHARD_BYTES,
) -> Release:
    """Write `releases/<version>/` and `releases/<version>-public/`. The same tables give the same bytes.

    `hold_out` is the share of the benchmark items that is scored and never shown; left out, it is that of the version before,
    so that nobody publishes by forgetting an option what was kept back until now.
    """
    releases = workspace.releases
    number = read_version(version)
    before = predecessor(releases, number)
    share = _share(releases, number, before) if hold_out is None else hold_out
    check_share(share)
    evidence = gather(workspace)
    rows = rows_of(evidence, share)
    note = ReleaseNote(version=version, subject=subject, hold_out=share, public_prompts=public_prompts)
    with drafting(releases, version) as folders:
        kinds = _kinds(workspace.images, public_prompts)
        private, public = (
            _write_data(folder, rows, evidence, note, kind, _earlier(releases, before, kind), shard_bytes)
            for folder, kind in zip(folders, kinds, strict=True)
        )
        refuse(_findings(private, public, evidence))
        hidden = frozenset(row.item.sample for row in rows if row.item.held_out)
        changes = _changes(private, evidence, frozenset())
        public_changes = _changes(public, evidence, hidden)
        for found in (changes, public_changes):
            refuse_silent_loss(number, before, sum(change.lost for change in found))
        _write_words(private, changes)
        _write_words(public, public_changes)
        (private.folder / NOTE).write_bytes(msgspec.json.format(msgspec.json.encode(note), indent=1) + b"\n")
        for variant in (public, private):
            (variant.folder / SUMS).write_text(sums_text(sums_of(variant.folder)), "utf-8")
        new = place(releases, public.folder, private.folder)
    splits = private.figures.splits
    return Release(
        folder=str(releases / version),
        public=str(releases / f"{version}{PUBLIC}"),
        version=version,
        splits={split: splits[split].items if split in splits else 0 for split in SPLITS},
        hold_out=share,
        held_out=private.figures.held_out,
        new=new,
        before=str(before) if before else "",
        changes=tuple(changes),
    )


def _share(releases: Path, version: Version, before: Version | None) -> float:
    known = [read_note(releases / str(one)) for one in (version, before) if one is not None]
    return next((note.hold_out for note in known if note is not None), 0.0)


def _kinds(images: ImageStore, public_prompts: bool) -> tuple[_Kind, _Kind]:
    """Private, public."""
    return (
        _Kind(False, PRIVATE, partial(whole, images=images), partial(weigh, images=images)),
        _Kind(True, public_columns(public_prompts), dehydrated, weigh_dehydrated),
    )


def _earlier(releases: Path, before: Version | None, kind: _Kind) -> Path | None:
    folder = releases / f"{before}{PUBLIC if kind.public else ''}"
    return folder if before is not None and folder.is_dir() else None


def _write_data(
    folder: Path,
    rows: Sequence[Row],
    evidence: Evidence,
    note: ReleaseNote,
    kind: _Kind,
    earlier: Path | None,
    shard_bytes: int,
) -> _Variant:
    """Parquet and card, read back."""
    shown = [row for row in rows if not (kind.public and row.item.held_out)]
    splits = {
        split: write_split(folder, split, own, kind.columns, kind.fill, kind.weigh, shard_bytes=shard_bytes)
        for split in SPLITS
        if (
            own := [row for row in shown if row.item.split == split]
        )  # `datasets` loads no split without rows
    }
    figures = figures_of(
        shown,
        splits,
        evidence.losses,
        subject=note.subject,
        version=note.version,
        public=kind.public,
        prompts=note.public_prompts,
        labelled=evidence.labels is not None,
    )
    (folder / "README.md").write_text(card_text(figures, kind.columns), "utf-8")
    return _Variant(folder, kind.columns, figures, read_told(folder), earlier)


def _findings(private: _Variant, public: _Variant, evidence: Evidence) -> list[Finding]:
    return [
        *picture_findings(private.folder),
        *row_findings(private.told),
        *table_findings(private.told, evidence),
        *count_findings(private.told, counts_on_card(private.folder)),
        *count_findings(public.told, counts_on_card(public.folder)),
        *leak_findings(public.told, private.told),
    ]


def _changes(variant: _Variant, evidence: Evidence, hidden: frozenset[str]) -> list[Change]:
    old = read_told(variant.earlier) if variant.earlier else []
    return changes_between(old, variant.told, reasons_for_leaving(old, evidence, hidden))


def _write_words(variant: _Variant, changes: Sequence[Change]) -> None:
    """Everything beside the data and the card."""
    folder, figures, earlier = variant.folder, variant.figures, variant.earlier
    files = [name for written in figures.splits.values() for name in written.files]
    sums = {name: sum_of(folder / name) for name in files}
    before = earlier.name.removesuffix(PUBLIC) if earlier else None
    known = earlier_changelog(earlier) if earlier else ""
    words = {
        "croissant.json": croissant_text(figures, variant.columns, sums),
        "datasheet.md": datasheet_text(figures),
        CHANGELOG: changelog_text(figures.version, before, changes, known),
        CHANGES: changes_text(changes),
    }
    for name, text in words.items():
        (folder / name).write_text(text, "utf-8")
