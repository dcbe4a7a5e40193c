"""How numbers and names are put on a page: the filters of the templates."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from echoloop.report.displayed_text import TextDisplay, clip

_SPLITS = {"text_to_image": "Text to image", "image_to_image": "Image to image", "analysis": "Analysis"}


def filters(display: TextDisplay) -> Mapping[str, Callable[..., Any]]:
    """By the name under which templates know them."""

    def clip_shown(text: str, letters: int) -> str:
        """Clipped after handles are left out, so that no half of one is left over."""
        return clip(display.text(text), letters)

    def name_shown(name: str, letters: int = 80) -> Markup:
        return display.name(clip(name, letters))

    return {
        "name": name_shown,
        "clip": clip_shown,
        "percent": percent,
        "split": split_name,
        "words": in_words,
        "thousands": thousands,
        "decimals": decimals,
        "signed": signed,
        "measured": measured_number,
        "better": which_is_better,
        "anchor": anchor,
    }


def percent(share: float) -> Markup:
    """A coordinate or a width for SVG."""
    return Markup(f"{100 * share:.2f}%")


def split_name(split: str) -> str:
    """A split as people say it."""
    return _SPLITS.get(split, in_words(split))


def in_words(name: str) -> str:
    """A name of a table or field as words."""
    return name.replace("_", " ")


def thousands(number: int) -> str:
    """1,824."""
    return f"{number:,}"


def decimals(number: float, places: int = 3) -> str:
    """0.894."""
    return f"{number:.{places}f}"


def signed(number: float) -> str:
    """+0.21 or −0.21, with a real minus."""
    return f"{number:+.2f}".replace("-", "−")


def measured_number(number: float, better: str) -> str:
    """As many places as tell small distances apart, and a sign only where both are possible: +5.25, 0.092, 9.1e-05; 0 is exact."""
    if number == 0:
        return "0"
    size = abs(number)
    form = ".1e" if size < 0.0005 else ".3f" if size < 1 else ".2f"
    return f"{number:{'+' if better == 'zero' else ''}{form}}".replace("-", "−", 1 if number < 0 else 0)


def which_is_better(better: str) -> str:
    """What `low`, `high` and `zero` mean to a reader; nothing where nobody said."""
    return {"low": "less is better", "high": "more is better", "zero": "zero is best"}.get(better, "")


def anchor(name: str) -> Markup:
    """A place on a page named after a model."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
    return Markup(plain[:60])
