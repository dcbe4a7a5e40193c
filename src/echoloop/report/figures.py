"""Figures for papers and slides, each as SVG, PDF and PNG; the same numbers give the same bytes."""

import io
import warnings
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from echoloop.report.displayed_text import clip, visible
from echoloop.report.leaderboards import Board
from echoloop.report.losses import FunnelGroup, FunnelStage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, ACCENT, FAINT = "#1c2430", "#1f5fbf", "#c9d2de"
_STYLE: Any = {
    "svg.hashsalt": "echoloop",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.edgecolor": "#8a94a3",
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_MARGIN = 0.1
SUFFIXES = ("svg", "pdf", "png")
_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "echoloop"},
    "pdf": {"CreationDate": None, "ModDate": None, "Producer": "echoloop", "Creator": "echoloop"},
    "png": {"Software": None},
}


def drawn_figures(
    boards: Sequence[Board],
    funnel: Sequence[FunnelGroup],
) -> Iterator[tuple[str, bytes]]:
    """File names and contents. Only what there are numbers for is drawn."""
    with drawing():
        for board in boards:
            yield from figure_files(f"win_rates_{board.split}", _win_rates(board))
        if funnel and funnel[0].stages:
            yield from figure_files("funnel", _funnel(funnel[0]))


@contextmanager
def drawing() -> Generator[None]:
    """The one style of every figure."""
    import matplotlib

    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        yield


def figure_files(
    name: str, figure: "Figure", suffixes: Sequence[str] = SUFFIXES
) -> Iterator[tuple[str, bytes]]:
    """A figure as files: their names and contents. All are cut to one box: to find it is half the work of drawing."""
    box = _box_around(figure)
    for suffix in suffixes:
        out = io.BytesIO()
        figure.savefig(out, format=suffix, metadata=_METADATA[suffix], dpi=160, bbox_inches=box)
        yield f"{name}.{suffix}", out.getvalue()


def _box_around(figure: "Figure") -> Any:
    """Everything that is drawn, in inches, and a margin."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.set_dpi(160)
    return figure.get_tightbbox(FigureCanvasAgg(figure).get_renderer()).padded(_MARGIN)


def left_out(shown: int, there: int, what: str) -> str:
    """What a figure says where it does not show everything; empty where it does."""
    return f"{shown} of {there} {what}" if shown < there else ""


def _figure(rows: int) -> tuple["Figure", Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 0.9 + 0.3 * max(rows, 1)))
    return figure, figure.add_subplot()


def _win_rates(board: Board) -> "Figure":
    rows = list(reversed(board.rows))
    figure, axes = _figure(len(rows))
    axes.axvline(0.5, color=FAINT, linewidth=1, zorder=0)
    for place, row in enumerate(rows):
        vote = row.vote
        if vote.rate is None or vote.low is None or vote.high is None:
            axes.text(0.5, place, clip(vote.reason, 60), ha="center", va="center", fontsize=7)
            continue
        axes.plot([vote.low, vote.high], [place, place], color=INK, linewidth=1.4)
        axes.plot([vote.rate], [place], "o", color=ACCENT, markersize=5)
        axes.text(1.02, place, f"{vote.rate:.3f}  {vote.low:.3f} – {vote.high:.3f}", va="center", fontsize=8)
    axes.set_xlim(0, 1)
    _label_rows(axes, [visible(clip(row.vote.model, 32)) for row in rows])
    axes.set_xlabel(f"win rate with 95 % interval, {board.split.replace('_', ' ')}, {board.items} items")
    return figure


def _funnel(group: FunnelGroup) -> "Figure":
    stages = list(reversed(group.stages))
    figure, axes = _figure(len(stages))
    places = range(len(stages))
    axes.barh(places, [stage.kept for stage in stages], color=ACCENT, height=0.6, label="kept")
    axes.barh(
        places,
        [stage.left for stage in stages],
        left=[stage.kept for stage in stages],
        color=FAINT,
        height=0.6,
        label="left",
    )
    _say_beside(axes, [(stage.entered, f"{stage.kept:,} of {stage.entered:,}") for stage in stages])
    _label_rows(axes, [_stage_label(stage) for stage in stages])
    axes.set_xlabel("rows kept, of rows accounted for")
    return figure


def _say_beside(axes: Any, bars: Sequence[tuple[int, str]]) -> None:
    """Each bar's number, in words, at its end."""
    for place, (length, words) in enumerate(bars):
        axes.annotate(
            words, (length, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8
        )


def _stage_label(stage: FunnelStage) -> str:
    table = visible(stage.table)
    return table if table == stage.unit else f"{table} ({stage.unit})"


def _label_rows(axes: Any, labels: list[str]) -> None:
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(-0.6, len(labels) - 0.4)
    axes.tick_params(axis="y", length=0)
