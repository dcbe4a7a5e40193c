import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from echoloop.records import Mistake
from echoloop.train.data import FileTokens, open_tokens, write_word_tokens
from echoloop.train.data.tokens import SPECIAL_NAMES

TEXTS = ["A red cube, two blue balls.", "The cube is left of the ball!"]


def test_words_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    written = write_word_tokens(tmp_path, TEXTS)
    again = open_tokens(tmp_path)
    ids = again.encode("Two RED cubes, a ball.")
    assert ids == written.encode("two red cubes , a ball .")
    assert again.decode(ids).split() == ["two", "red", "[UNK]", ",", "a", "ball", "."]
    assert again.special == written.special
    assert len({*again.encode("red"), *again.encode("blue"), *again.encode("cube")}) == 3
    assert again.size == len(json.loads((tmp_path / "tokenizer.json").read_text())["model"]["vocab"]) + 4


def test_the_same_texts_give_the_same_file(tmp_path: Path) -> None:
    write_word_tokens(tmp_path / "one", TEXTS)
    write_word_tokens(tmp_path / "two", reversed(TEXTS))
    assert (tmp_path / "one/tokenizer.json").read_bytes() == (tmp_path / "two/tokenizer.json").read_bytes()


def test_text_cannot_spell_a_special_token(tmp_path: Path) -> None:
    tokens = write_word_tokens(tmp_path, TEXTS)
    special = {
        tokens.special.bos,
        tokens.special.eos,
        tokens.special.start_of_image,
        tokens.special.end_of_image,
    }
    assert len(special) == 4
    for name in SPECIAL_NAMES.values():
        assert not special & set(tokens.encode(f"a {name} cube"))


def merges_of(folder: Path, added: dict[str, dict[str, str]]) -> Tokenizer:
    """A byte-level tokenizer's two files, as older checkpoints have them, and the tokenizer they came from."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # pyright: ignore[reportAttributeAccessIssue]
    tokenizer.decoder = decoders.ByteLevel()  # pyright: ignore[reportAttributeAccessIssue]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        TEXTS * 9,
        trainers.BpeTrainer(vocab_size=300, initial_alphabet=alphabet, show_progress=False),  # pyright: ignore[reportCallIssue]
    )
    folder.mkdir(exist_ok=True)
    tokenizer.model.save(str(folder))
    (folder / "tokenizer_config.json").write_text(json.dumps({"added_tokens_decoder": added}))
    return tokenizer


def added_after(size: int) -> dict[str, dict[str, str]]:
    return {str(size + place): {"content": name} for place, name in enumerate(SPECIAL_NAMES.values())}


def test_pairs_of_an_older_checkpoint_are_read(tmp_path: Path) -> None:
    source = merges_of(tmp_path, {})
    size = source.get_vocab_size()
    merges_of(tmp_path, added_after(size))
    tokens = open_tokens(tmp_path)
    text = "A red cube, <|im_end|> naïve 小さい\n\nballs 12"
    assert tokens.decode(tokens.encode(text)) == text
    assert tokens.special.bos == size
    assert max(tokens.encode(text)) < size
    assert tokens.encode("A red cube") == source.encode("A red cube").ids


def test_a_list_of_added_tokens_from_another_checkpoint_is_noticed(tmp_path: Path) -> None:
    merges_of(tmp_path, added_after(9_000))
    with pytest.raises(Mistake, match="should have id 9000"):
        open_tokens(tmp_path)


def test_a_tokenizer_without_the_four_tokens_names_them(tmp_path: Path) -> None:
    merges_of(tmp_path, {})
    with pytest.raises(Mistake, match=r"lacks <\|im_start\|>, <\|im_end\|>, <\|vision_start\|>"):
        open_tokens(tmp_path)


@pytest.mark.parametrize("content", ["", "{", '{"model": 3}', "\0\0"])
def test_half_a_download_is_a_mistake_with_a_remedy(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(Mistake, match="Download this file again"):
        open_tokens(tmp_path)


def test_an_empty_folder_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=r"tokenizer\.json"):
        open_tokens(tmp_path)


def test_the_type_is_what_the_room_asks_for(words: FileTokens) -> None:
    assert words.encode("") == []
