"""What diagnose has to know."""

from typing import ClassVar

import msgspec


class DiagnoseSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads feedback, who says which metric applies, who looks at pictures, and how intervals are drawn.

    `metrics` names what is measured, built in or "package.module:METRIC"; empty: the default ones. `weights` gives folders of
    models by name, where they shall not be fetched. `closed` says why a metric cannot be measured on this machine, and
    `opened` what those that can are made of (weights, somebody's own code): a table is stale when a model has come, or when that
    has changed.
    """

    PLACES: ClassVar[tuple[str, ...]] = ("weights",)

    reader: str
    viewer: str
    resamples: int = 1000
    seed: int = 0
    metrics: tuple[str, ...] = ()
    weights: dict[str, str] = {}
    closed: dict[str, str] = {}
    opened: dict[str, str] = {}
