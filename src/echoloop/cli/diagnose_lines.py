"""What diagnose found, in lines: the commonest complaints, and how far several readers agree."""

from echoloop.cli.composing import read_house
from echoloop.cli.messages import counted, say
from echoloop.cli.options import Place
from echoloop.records import Complaint, Finding
from echoloop.records.arrow import from_table
from echoloop.workspace import reading

_MOST = 12


def print_complaints(place: Place) -> None:
    """Each fault with the share of samples, its interval and how many remarks named it."""
    tables = reading(read_house(place).workspace).tables
    rows = sorted(
        from_table(tables.read("complaints"), Complaint), key=lambda one: (-one.samples, one.cluster)
    )
    if not rows:
        say("Nobody complained in the remarks that were read.")
        return
    say(f"\nWhat people complain about, of {rows[0].of:,} samples that somebody spoke of:")
    for one in rows[:_MOST]:
        if one.share is not None and one.low is not None and one.high is not None:
            share = f"{one.share:>6.1%}  ({one.low:.1%} .. {one.high:.1%})"
            say(
                f"  {_shown(one.cluster):<24} {share}  {counted(one.samples, 'sample')}, {counted(one.remarks, 'remark')}"
            )
    if len(rows) > _MOST:
        say(f"  and {len(rows) - _MOST:,} rarer ones")


def _shown(name: str) -> str:
    """A name that a model gave is text from outside: nothing in it may steer the terminal."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= 24 else f"{plain[:23]}…"


def print_readers_agreement(place: Place) -> None:
    """Every pair of readers over all metrics, then metric by metric."""
    tables = reading(read_house(place).workspace).tables
    rows = from_table(tables.read("applicability_agreement"), Finding)
    for one in sorted(rows, key=lambda row: (row.split != "all metrics", row.split, row.measure, row.about)):
        say(_line(one))


def _line(one: Finding) -> str:
    value = f"{one.value:.2f}" if one.value is not None else f"not measured: {one.reason}"
    interval = f" ({one.low:.2f} .. {one.high:.2f})" if one.low is not None and one.high is not None else ""
    return f"  {one.split:<20} {one.measure:<16} {one.about:<28} {value}{interval}, n {one.n:,}"
