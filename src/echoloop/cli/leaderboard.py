"""The standings as a table in the terminal."""

from echoloop.cli.composing import read_house
from echoloop.cli.messages import say
from echoloop.cli.options import Place
from echoloop.judge import VOTE
from echoloop.records import OUR_RULES, Finding, Standing
from echoloop.records.arrow import from_table
from echoloop.workspace import reading

_HOW = {"default": "pictures graded", "pairs": "pictures compared in pairs"}


def print_leaderboard(place: Place) -> None:
    """Win rates by vote, a split at a time, with what is needed to doubt them."""
    workspace = reading(read_house(place).workspace)
    standings = from_table(workspace.tables.read("standings"), Standing)
    whole = [one for one in standings if one.judge == VOTE and not one.slice and one.rule in OUR_RULES]
    for split, rule in sorted({(one.split, one.rule) for one in whole}):
        say(leaderboard_text([one for one in whole if (one.split, one.rule) == (split, rule)]))


def print_alarms(place: Place) -> None:
    """What a reader should look at before a rank is believed."""
    workspace = reading(read_house(place).workspace)
    if workspace.tables.manifest("findings") is None:
        return
    alarms = [one for one in from_table(workspace.tables.read("findings"), Finding) if one.alarm]
    if alarms:
        say("\nTo look at before you trust a rank:")
    for one in alarms:
        say(finding_text(one))


def finding_text(one: Finding) -> str:
    """One number about a run, in a line."""
    value = f"{one.value:.2f}" if one.value is not None else f"not measured: {one.reason}"
    there = one.low is not None and one.high is not None
    interval = f" ({one.low:.2f} .. {one.high:.2f})" if there else ""
    about = f", {one.about}" if one.about else ""
    return f"  {one.split}: {one.measure}{about}: {value}{interval}, n {one.n:,}"


def leaderboard_text(standings: list[Standing]) -> str:
    """One split's table: rate, interval, range of ranks, coverage, refusals."""
    first = standings[0]
    title = (
        f"\n{first.split}: {first.items} items, {_HOW.get(first.rule, first.rule)} by {', '.join(first.judges) or 'nobody'}, "
        f"vote {first.vote}, missing {first.missing}"
    )
    rows = [
        f"  {'model':<16} {'win rate':>8}  {'95 % interval':<15} {'rank':<7} {'tier':>4} {'coverage':>8} {'graded':>7} {'refused':>7} {'unparsed':>8} {'failed':>6} {'$ each':>8}"
    ]
    for one in sorted(standings, key=lambda standing: -(standing.rate if standing.rate is not None else -1)):
        if one.rate is None:
            rows.append(f"  {one.model:<16} {'-':>8}  {one.reason}")
            continue
        rows.append(
            f"  {one.model:<16} {one.rate:>8.3f}  {_interval(one):<15} {_range(one):<7} "
            f"{one.tier or '-':>4} {one.coverage:>8.0%} {_graded(one):>7} {one.refused:>7} "
            f"{one.unparsed:>8} {one.failed:>6} {_price(one):>8}"
        )
    return "\n".join([title, *rows])


def _interval(standing: Standing) -> str:
    """Nothing where there is one item: it resamples to itself."""
    if standing.low is None or standing.high is None:
        return "one item"
    return f"{standing.low:.3f} .. {standing.high:.3f}"


def _range(standing: Standing) -> str:
    low, high = standing.rank_low, standing.rank_high
    if low is None:
        return "-"
    return f"{low}" if low == high else f"{low}-{high}"


def _price(standing: Standing) -> str:
    """What a picture costs, where that is known at all."""
    return "unknown" if standing.price is None else f"{standing.price:.4f}"


def _graded(standing: Standing) -> str:
    """The share of the grades that were asked for and given; rounded down, so that 100% means all."""
    return f"{100 * standing.scored // standing.asked}%" if standing.asked else "-"
