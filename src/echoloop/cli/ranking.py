"""People's rankings in and out of a workspace, and what the comparison with judges says, in lines."""

from collections.abc import Sequence
from pathlib import Path

from echoloop.cli.composing import House, read_house
from echoloop.cli.messages import say
from echoloop.cli.options import Place
from echoloop.judge import (
    GAIN,
    PLAIN,
    RANKINGS,
    WEIGHT,
    WEIGHTED,
    import_rankings,
    latest_rankings,
    ranking_form,
    rankings_file,
)
from echoloop.records import ACTS, Finding, Item, Mistake, Output, Ranking
from echoloop.records.arrow import from_table, to_table
from echoloop.report import write_agreement
from echoloop.workspace import Origin, Workspace, place_file, reading, writing

_AFTER_THE_STAGES = 90
_SHOWN = (
    "people's order over all items (Kemeny)",
    "people's mean place",
    "raters agree (Kendall's W)",
    "consensus is unique",
    "models differ (Friedman)",
    "tau_b, judge with consensus",
    "Pearson, judge with judge",
)


def write_form(path: Path, place: Place) -> int:
    """A form of everything that can be ranked. Returns how many items are in it."""
    house = read_house(place)
    workspace = reading(house.workspace)
    form = ranking_form(_benchmark(workspace), _outputs(workspace), _models(house))
    place_file(path, form)
    return form.count(b"\n") - 1


def take_in(path: Path, place: Place, rater: str) -> str:
    """Append a file's rankings. What came of it, in words."""
    house = read_house(place)
    with writing(house.workspace, create=False) as workspace:
        items = {item.id: item for item in _benchmark(workspace)}
        there = {(one.item, one.model) for one in _outputs(workspace) if one.state == "answered"}
        done = import_rankings(path, items, _models(house), _rankings(workspace), there, rater=rater)
        if done.added:
            origin = Origin(act="judge", position=ACTS.index("judge") * 100 + _AFTER_THE_STAGES)
            workspace.tables.write(RANKINGS, to_table(done.rankings, Ranking), Ranking, origin)
    again = f" {done.replaced:,} of them replace what the same person said before." if done.replaced else ""
    return f"{done.added:,} rankings are new; {done.known:,} were known already.{again}"


def export_rankings(path: Path, place: Place) -> int:
    """Each rater's last word on each item."""
    rows = latest_rankings(_rankings(reading(read_house(place).workspace)))
    place_file(path, rankings_file(rows))
    return len(rows)


def tell_rankings(place: Place) -> str:
    """How many there are."""
    rows = latest_rankings(_rankings(reading(read_house(place).workspace)))
    items, raters = {row.item for row in rows}, {row.rater for row in rows}
    unrankable = sum(row.unrankable for row in rows)
    return (
        f"{len(rows):,} rankings of {len(items):,} items by {len(raters):,} people; "
        f"{unrankable:,} say that an item cannot be ranked fairly."
    )


def need_rankings(place: Place) -> None:
    """Without people there is nothing to set judges beside."""
    house = read_house(place)
    workspace = reading(house.workspace)
    if house.settings.judge.method == "pairs":
        raise Mistake(
            'people are set beside grades, and method = "pairs" asks judges for none',
            where=house.path,
            remedy='Set method = "both" under [judge] and run `echoloop judge`.',
        )
    if not _rankings(workspace):
        raise Mistake(
            "nobody has ranked anything yet",
            where=workspace.path,
            remedy="`echoloop judge rankings --form form.csv` writes a form, and --import reads it back.",
        )


def print_agreement(place: Place) -> None:
    """The lines one asks for first."""
    rows = _findings(place, "agreement")
    widest = "all" if any(row.split == "all" for row in rows) else ""
    for measure in _SHOWN:
        for row in rows:
            if row.measure == measure and widest in ("", row.split):
                say(f"  {_label(row):<52} {_figures(row)}")
    pairs = [row for row in rows if row.measure == "Dunn p (Bonferroni)" and widest in ("", row.split)]
    apart = sum(row.value is not None and row.value < 0.05 for row in pairs)
    say(f"  People tell {apart} of {len(pairs)} pairs of models apart (Dunn, paired, Bonferroni, p < 0.05).")


def draw_agreement(place: Place) -> Path:
    """The whole table and the figures. Their folder."""
    with writing(read_house(place).workspace, create=False) as workspace:
        return write_agreement(workspace, _findings(place, "agreement"))


def print_calibration(place: Place) -> None:
    """The weights, and whether they are worth anything."""
    rows = _findings(place, "calibration")
    weights = [row for row in rows if row.measure == WEIGHT]
    for row in weights:
        say(f"  weight of {row.about:<40} {_figures(row)}")
    for measure in (PLAIN, WEIGHTED, GAIN):
        for row in rows:
            if row.measure == measure:
                say(f"  {measure:<50} {_figures(row)}")
    gain = next((row for row in rows if row.measure == GAIN), None)
    if gain is None or gain.value is None:
        return
    sure = gain.low is not None and gain.low > 0
    say(
        "The weighted vote is nearer to people than the plain one."
        if sure
        else "Nothing shows that weights help: the interval of the gain holds 0. Keep the plain vote."
    )
    if sure:
        named = ", ".join(f'"{row.about}" = {row.value:.3f}' for row in weights)
        say(f"weights = {{ {named} }}")


def _label(row: Finding) -> str:
    return f"{row.measure}, {row.about}" if row.about else row.measure


def _figures(row: Finding) -> str:
    if row.value is None:
        return f"not measured: {row.reason}"
    words = f"{row.value:.3f}"
    if row.low is not None and row.high is not None:
        words += f"  ({row.low:.3f} .. {row.high:.3f})"
    if row.p is not None:
        words += f"  p {row.p:.2g}" if row.p > 0 else "  p < 1e-300"
    return f"{words}  n {row.n:,}"


def _findings(place: Place, table: str) -> list[Finding]:
    return from_table(reading(read_house(place).workspace).tables.read(table), Finding)


def _rankings(workspace: Workspace) -> list[Ranking]:
    there = workspace.tables.manifest(RANKINGS) is not None
    return from_table(workspace.tables.read(RANKINGS), Ranking) if there else []


def _benchmark(workspace: Workspace) -> list[Item]:
    items = from_table(workspace.tables.read("items"), Item)
    return [item for item in items if item.split != "analysis" and item.reserve is None]


def _outputs(workspace: Workspace) -> list[Output]:
    return from_table(workspace.tables.read("outputs"), Output)


def _models(house: House) -> Sequence[str]:
    if not house.settings.models:
        raise Mistake("there are no image models", where=house.path, remedy="Add [models.NAME].")
    return list(house.settings.models)
