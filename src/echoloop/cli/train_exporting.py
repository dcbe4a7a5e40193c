"""`echoloop train export`: a data set for other backbones."""

from pathlib import Path

from echoloop.cli.messages import counted, say
from echoloop.cli.train_running import opened, tell_left_out
from echoloop.train.exporting import export_blip3o, export_omnigen2


def export_data(data: Path, out: Path, layout: str) -> None:
    """Write it whole or not at all, and say what was left out and why."""
    write = export_omnigen2 if layout == "omnigen2" else export_blip3o
    done = write(opened(data), out, bad=tell_left_out)
    say(f"{out}: {counted(done.rows, 'row')}, {counted(done.pictures, 'picture')}")
    for reason, count in sorted(done.left_out.items()):
        say(f"  left out {count:,}: {reason.replace('_', ' ')}")
