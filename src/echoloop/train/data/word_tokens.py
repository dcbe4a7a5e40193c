"""A small tokenizer of whole words, for models that are trained from nothing on a small world."""

from collections.abc import Iterable
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

from echoloop.train.data.tokens import SPECIAL_NAMES, FileTokens, open_tokens
from echoloop.workspace import place_file

UNKNOWN = "[UNK]"


def write_word_tokens(folder: Path, texts: Iterable[str]) -> FileTokens:
    """Write `tokenizer.json` with every word of the texts, in alphabetic order, and open it.

    Lower case; punctuation stands apart; a word that was not in the texts becomes the unknown token.
    """
    split = _splitter({UNKNOWN: 0})
    normalise, cut = split.normalizer, split.pre_tokenizer
    words = {
        word for text in texts for word, _ in cut.pre_tokenize_str(normalise.normalize_str(text))
    }  # fmt: skip
    names = [UNKNOWN, *sorted(words - {UNKNOWN})]
    tokenizer = _splitter({name: place for place, name in enumerate(names)})
    tokenizer.add_special_tokens(
        [AddedToken(name, special=True, normalized=False) for name in SPECIAL_NAMES.values()]
    )
    place_file(folder / "tokenizer.json", tokenizer.to_str(pretty=True).encode())
    return open_tokens(folder)


def _splitter(vocabulary: dict[str, int]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.Lowercase()  # pyright: ignore[reportAttributeAccessIssue]
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()  # pyright: ignore[reportAttributeAccessIssue]
    return tokenizer
