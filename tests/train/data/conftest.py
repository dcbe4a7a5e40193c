"""A tokenizer and sizes small enough that a test packs hundreds of samples."""

import pytest

from echoloop.train.data import NO_DROPOUT, FileTokens, Planning, Sizes, write_word_tokens


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> FileTokens:
    return write_word_tokens(tmp_path_factory.mktemp("words"), ["a red cube on the table", "two blue balls"])


@pytest.fixture(scope="session")
def small(words: FileTokens) -> Planning:
    """Pictures of 16 to 64 pixels, so that a test packs hundreds."""
    return Planning(
        tokens=words,
        latents=Sizes(stride=16, longest=64, shortest=16),
        patches=Sizes(stride=14, longest=56, shortest=14),
        understanding=Sizes(stride=14, longest=56, shortest=14),
        dropout=NO_DROPOUT,
    )
