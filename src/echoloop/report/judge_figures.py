"""Figures about judging: both splits' win rates as bars, every model against every other, people and judges."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from echoloop.records import Finding
from echoloop.report.displayed_text import clip, visible
from echoloop.report.figures import ACCENT, FAINT, INK, drawing, figure_files, left_out
from echoloop.report.judge import FindingGroup, Judging, Matrix
from echoloop.report.leaderboards import Board
from echoloop.report.wording import split_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = (ACCENT, "#86a9dd")
_MOST_NAMED = 24


def judge_figures(boards: Sequence[Board], judging: Judging) -> Iterator[tuple[str, bytes]]:
    """File names and contents. Only what there are numbers for is drawn."""
    with drawing():
        if boards:
            yield from figure_files("win_rates", _bars(boards))
        for matrix in judging.matrices:
            yield from figure_files(f"pairs_{matrix.split}", _pairs(matrix))
    yield from agreement_figures(judging.agreement)


def agreement_figures(agreement: Sequence[FindingGroup]) -> Iterator[tuple[str, bytes]]:
    """People and judges by tau_b, and judges among themselves by Pearson's r, over all splits together."""
    taus = _over_all(agreement, "tau_b, ")
    pearsons = _over_all(agreement, "Pearson, ")
    with drawing():
        if taus:
            yield from figure_files("agreement_tau", _agreement(taus, "tau_b, mean over items"))
        if pearsons:
            yield from figure_files("agreement_pearson", _agreement(pearsons, "Pearson's r over outputs"))


def _over_all(agreement: Sequence[FindingGroup], kind: str) -> dict[frozenset[str], float]:
    """Each pair's value by its two names."""
    rows = [
        one
        for group in agreement
        for one in group.rows
        if one.measure.startswith(kind) and not one.measure.endswith("pooled") and one.value is not None
    ]
    widest = "all" if any(one.split == "all" for one in rows) else None
    return {_names(one): one.value for one in rows if one.value is not None and widest in (None, one.split)}


def _names(one: Finding) -> frozenset[str]:
    names = [name.strip() for name in one.about.split("|")]
    return frozenset(names if len(names) > 1 else [*names, "consensus"])


def _bars(boards: Sequence[Board]) -> "Figure":
    from matplotlib.figure import Figure

    everybody = list(dict.fromkeys(row.vote.model for board in boards for row in board.rows))
    models = everybody[:_MOST_NAMED]
    figure = Figure(figsize=(max(4.0, 0.75 * len(models) + 1.5), 3.2))
    axes: Any = figure.add_subplot()
    width = 0.8 / len(boards)
    for turn, board in enumerate(boards):
        rows = {row.vote.model: row.vote for row in board.rows}
        for place, model in enumerate(models):
            one = rows.get(model)
            at = place - 0.4 + width * (turn + 0.5)
            if one is None or one.rate is None or one.low is None or one.high is None:
                axes.text(at, 0.01, "no rate", rotation=90, ha="center", va="bottom", fontsize=6)
                continue
            axes.bar(at, one.rate, width=width * 0.92, color=_COLOURS[turn % 2], zorder=2)
            axes.plot([at, at], [one.low, one.high], color=INK, linewidth=1, zorder=3)
            axes.text(at, one.high + 0.012, f"{one.rate:.2f}", ha="center", va="bottom", fontsize=6)
    axes.axhline(0.5, color=FAINT, linewidth=1, zorder=1)
    axes.set_ylim(0, 1.05)
    axes.set_xticks(
        range(len(models)), [visible(clip(model, 18)) for model in models], rotation=30, ha="right"
    )
    axes.set_ylabel("win rate, 95 % interval")
    items = ", ".join(f"{board.items:,} items {split_name(board.split).lower()}" for board in boards)
    first = boards[0]
    names = ", ".join(visible(clip(judge, 18)) for judge in first.judges)
    axes.set_xlabel(f"{items}; vote: {first.vote} of {names}; missing: {first.missing}", fontsize=7)
    axes.set_xlabel(left_out(len(models), len(everybody), "models, best first"))
    for turn, board in enumerate(boards):
        axes.bar(0, 0, color=_COLOURS[turn % 2], label=split_name(board.split))
    axes.legend(frameon=False, fontsize=8, loc="upper right")
    return figure


def _pairs(matrix: Matrix) -> "Figure":
    values = np.array(
        [
            [np.nan if cell is None or cell.rate is None else cell.rate for cell in row]
            for row in matrix.cells
        ],
        dtype=np.float64,
    )
    label = f"how often the row beats the column, {split_name(matrix.split).lower()}"
    return _heat(values, matrix.models, label, low=0.0, high=1.0)


def _agreement(pairs: dict[frozenset[str], float], label: str) -> "Figure":
    everybody = sorted({name for pair in pairs for name in pair})
    names = everybody[:_MOST_NAMED]
    cut = left_out(len(names), len(everybody), "names")
    label = f"{label}; {cut}" if cut else label
    values = np.full((len(names), len(names)), np.nan)
    for row, one in enumerate(names):
        for column, other in enumerate(names):
            if one != other:
                values[row, column] = pairs.get(frozenset((one, other)), np.nan)
    return _heat(values, names, label, low=-1.0, high=1.0)


def _heat(values: "np.ndarray", names: Sequence[str], label: str, *, low: float, high: float) -> "Figure":
    from matplotlib.figure import Figure

    side = 1.6 + 0.5 * len(names)
    figure = Figure(figsize=(side, side))
    axes: Any = figure.add_subplot()
    axes.imshow(values, cmap="RdBu", vmin=low, vmax=high)
    middle, half = (low + high) / 2, (high - low) / 2
    for row in range(len(names)):
        for column in range(len(names)):
            value = values[row, column]
            if np.isfinite(value):
                dark = abs(value - middle) > 0.6 * half
                axes.text(
                    column,
                    row,
                    f"{value:.2f}",
                    ha="center",
                    va="center",
                    fontsize=7,
                    color="w" if dark else INK,
                )
    shown = [visible(clip(name, 18)) for name in names]
    axes.set_xticks(range(len(names)), shown, rotation=40, ha="right")
    axes.set_yticks(range(len(names)), shown)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(label)
    return figure
