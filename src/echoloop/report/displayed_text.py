"""How a text from outside is shown: what would deceive the eye is made visible, who wrote it is left out."""

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from echoloop.records import admit_text

HANDLE = "[handle]"

_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080))
_VISIBLE = {
    **{code: f"[U+{code:04X}]" for code in (*_BIDI, *_CONTROLS)},
    0x09: "\t",
    0x0A: "\n",
    0x0D: "\n",
    0x2028: "\n",
    0x2029: "\n",
}
# Every repetition is bounded or anchored, so that 100 kB of one letter costs no more than 100 kB of words.
_ADDRESSED = re.compile(
    r"[A-Za-z0-9._%+\-]{0,64}[@＠][A-Za-z0-9_][A-Za-z0-9_.\-]{0,253}(?:@[A-Za-z0-9.\-]{1,253})?"
)
_REDDITOR = re.compile(r"(?<![A-Za-z0-9_])/?u(?:ser)?/[A-Za-z0-9_\-]{3,40}", re.IGNORECASE)
_PROFILE = re.compile(
    r"((?:twitter\.com|\bx\.com|bsky\.app/profile|instagram\.com|tiktok\.com|threads\.net|t\.me)/)"
    r"(?!i/|search|hashtag/)[^\s/?#]{1,253}",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{3,253}")
_TELLING = re.compile(r"[0-9_.\-]")
_LINKABLE = re.compile(
    r"https://(?:x\.com/i/status/\d{1,32}|reddit\.com/comments/[a-z0-9]{1,16}(?:/_/[a-z0-9]{1,16})?)"
)


class TextDisplay:
    """`show(value)` for everything a page says. `handles` are the authors known from the posts."""

    def __init__(self, handles: Iterable[str] = ()) -> None:
        bare = (re.sub(r"^(?:@|/?u/)", "", handle.strip()).casefold() for handle in handles)
        self._handles = frozenset(handle for handle in bare if len(handle) > 3 and _TELLING.search(handle))

    def show(self, value: object) -> object:
        """A string as it may be read; our own markup and numbers as they are."""
        if isinstance(value, Markup) or not isinstance(value, str):
            return value
        return self.text(value)

    def text(self, text: str) -> str:
        """Without handles and addresses; invisible and reversing characters spelt out."""
        clean = visible(text)
        if "@" in clean or "＠" in clean:
            clean = _ADDRESSED.sub(HANDLE, clean)
        if "/" in clean:
            clean = _PROFILE.sub(rf"\1{HANDLE}", _REDDITOR.sub(HANDLE, clean))
        return _WORD.sub(self._unless_known, clean) if self._handles else clean

    def name(self, name: str) -> Markup:
        """The name of a model, a judge or a table. It comes from settings, and may well begin with an @."""
        return escape(visible(name))

    def _unless_known(self, word: re.Match[str]) -> str:
        return HANDLE if word[0].rstrip(".-").casefold() in self._handles else word[0]


def visible(text: str) -> str:
    """Characters that reverse, hide or control, spelt out."""
    return admit_text(text.replace("\r\n", "\n")).text.translate(_VISIBLE)


def clip(text: str, letters: int) -> str:
    """The beginning of a long text, marked as such."""
    return text if len(text) <= letters else text[:letters].rstrip() + " …"


def linkable(urls: Iterable[str]) -> tuple[Markup, ...]:
    """The addresses of posts that can be linked: an exact known form that carries no handle."""
    return tuple(Markup(url) for url in urls if _LINKABLE.fullmatch(url))
