"""Text to token ids and back, with the four tokens that frame text and pictures found by name."""

import json
from pathlib import Path
from typing import Protocol

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

from echoloop.records import Mistake
from echoloop.train.bagel.config import TokenIds

SPECIAL_NAMES = {
    "bos": "<|im_start|>",
    "eos": "<|im_end|>",
    "start_of_image": "<|vision_start|>",
    "end_of_image": "<|vision_end|>",
}
_PIECES = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


class Tokens(Protocol):
    """What the rest of the room needs of a tokenizer."""

    @property
    def special(self) -> TokenIds: ...

    @property
    def size(self) -> int: ...

    def encode(self, text: str) -> list[int]:
        """Ids of plain text: never one of the special ids, whatever the text says."""
        ...

    def decode(self, ids: list[int]) -> str: ...


class FileTokens:
    """A checkpoint's tokenizer. Text that spells a special token is encoded as the letters it is made of."""

    def __init__(self, tokenizer: Tokenizer, special: TokenIds) -> None:
        tokenizer.encode_special_tokens = True
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self.special = special

    @property
    def size(self) -> int:
        return self._tokenizer.get_vocab_size(with_added_tokens=True)

    def encode(self, text: str) -> list[int]:
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def decode(self, ids: list[int]) -> str:
        return self._tokenizer.decode(ids, skip_special_tokens=True)


def open_tokens(folder: Path) -> FileTokens:
    """The tokenizer of a checkpoint's folder: `tokenizer.json`, or `vocab.json` with `merges.txt`."""
    whole, vocabulary, merges = folder / "tokenizer.json", folder / "vocab.json", folder / "merges.txt"
    if whole.is_file():
        tokenizer = _opened(whole)
    elif vocabulary.is_file() and merges.is_file():
        tokenizer = _from_merges(folder, vocabulary, merges)
    else:
        raise Mistake(
            "no tokenizer here: neither tokenizer.json nor vocab.json with merges.txt",
            where=folder,
            remedy="Copy the tokenizer's files of the checkpoint into this folder.",
        )
    return FileTokens(tokenizer, _find_special(tokenizer, folder))


def _opened(path: Path) -> Tokenizer:
    try:
        return Tokenizer.from_file(str(path))
    except Exception as fault:
        raise Mistake(
            f"the tokenizer cannot be read: {fault}", where=path, remedy="Download this file again."
        ) from fault


def _from_merges(folder: Path, vocabulary: Path, merges: Path) -> Tokenizer:
    """Byte-level pairs as Qwen2 splits them, with the added tokens that `tokenizer_config.json` lists."""
    try:
        tokenizer = Tokenizer(models.BPE.from_file(str(vocabulary), str(merges)))
    except Exception as fault:
        raise Mistake(
            f"the tokenizer cannot be read: {fault}", where=vocabulary, remedy="Download these files again."
        ) from fault
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(  # pyright: ignore[reportAttributeAccessIssue]
        [
            pre_tokenizers.Split(Regex(_PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()  # pyright: ignore[reportAttributeAccessIssue]
    for identity, name in sorted(_added(folder / "tokenizer_config.json").items()):
        tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False)])
        if tokenizer.token_to_id(name) != identity:
            raise Mistake(
                f"token {name} should have id {identity} but gets {tokenizer.token_to_id(name)}",
                where=folder / "tokenizer_config.json",
                remedy="vocab.json and tokenizer_config.json are of two checkpoints; copy both from one.",
            )
    return tokenizer


def _added(path: Path) -> dict[int, str]:
    if not path.is_file():
        return {}
    try:
        listed = json.loads(path.read_bytes()).get("added_tokens_decoder", {})
        return {int(identity): str(token["content"]) for identity, token in listed.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise Mistake(
            f"the list of added tokens cannot be read: {fault!r}",
            where=path,
            remedy="Download this file again.",
        ) from fault


def _find_special(tokenizer: Tokenizer, folder: Path) -> TokenIds:
    found = {field: tokenizer.token_to_id(name) for field, name in SPECIAL_NAMES.items()}
    ids = {field: identity for field, identity in found.items() if identity is not None}
    if len(ids) < len(SPECIAL_NAMES):
        absent = ", ".join(SPECIAL_NAMES[field] for field in SPECIAL_NAMES if field not in ids)
        raise Mistake(
            f"the tokenizer lacks {absent}",
            where=folder,
            remedy="BAGEL needs these tokens; use the tokenizer that was published with the checkpoint.",
        )
    return TokenIds(**ids)
