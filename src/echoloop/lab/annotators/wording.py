"""Text evened out for looking up cues, never for quoting: what is copied is always copied from the original."""

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0f\ufeff\U000e0000-\U000e007f]"
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_ADDRESS = re.compile(r"<?\**https?://\S+")
_TAGS = re.compile(r"(?:^|(?<=\s))#\w+")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")


def evened(text: str) -> str:
    """Lower case, one form for each letter and mark, no accents on Latin letters, nothing invisible."""
    apart = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart)).replace("’", "'")


def bare(text: str) -> str:
    """The text without addresses and hashtags."""
    return _TAGS.sub(" ", _ADDRESS.sub(" ", text))


def without_tag_lines(text: str) -> str:
    """The text without the lines that hold nothing but hashtags."""
    lines = [line for line in text.split("\n") if not line.strip() or bare(line).strip()]
    return "\n".join(lines).strip()


def cues(*patterns: str) -> re.Pattern[str]:
    """One pattern over evened text; `~` stands for the edge of a word."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns).replace("~", r"\b"))


def weight(text: str) -> int:
    """Roughly how many words: a wide letter (Chinese, Japanese) counts for half a word."""
    wide = len(_WIDE.findall(text))
    return len(_WORDS.findall(_WIDE.sub(" ", text))) + wide // 2
