"""`echoloop init`: a settings file with a word of explanation at every line."""

from importlib import resources
from pathlib import Path

from echoloop.cli.messages import say, then


def init(path: Path = Path("echoloop.toml")) -> None:
    """Write a commented echoloop.toml to start from.

    Parameters
    ----------
    path
        Where to write it. An existing file is never overwritten.
    """
    from echoloop.records import Mistake

    if path.exists():
        raise Mistake(
            "the settings file is already there", where=path.absolute(), remedy="Name another, or edit it."
        )
    text = resources.files("echoloop.cli").joinpath("echoloop.toml").read_text("utf-8")
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise Mistake(
            f"the settings file cannot be written: {error.strerror}", where=path.absolute()
        ) from error
    say(f"Wrote {path.absolute()}")
    then("read it, fill in your endpoints and models, then run `echoloop plan` to see what it would cost.")
