"""Data sets through the whole way: read, packed, learned from, broken off, gone on with."""

from itertools import islice
from pathlib import Path

import msgspec
import pytest
from train_runs import MICRO, SETTINGS, logged
from training_rows import Listed

from echoloop.records import Mistake
from echoloop.train.bagel import BagelConfig, TokenIds, open_autoencoder
from echoloop.train.data import Planning, Share, Sizes, write_word_tokens
from echoloop.train.running import Data, DataFeed, Settings, Start, train

LATENT, PATCH = Sizes(stride=4, longest=32, shortest=8), Sizes(stride=8, longest=64, shortest=8)


@pytest.fixture
def planning(tmp_path: Path) -> Planning:
    tokens = write_word_tokens(tmp_path / "tokens", ["a red cube"])
    return Planning(tokens=tokens, latents=LATENT, patches=PATCH, understanding=PATCH)


def config_of(planning: Planning) -> BagelConfig:
    special = planning.tokens.special
    return msgspec.structs.replace(MICRO, tokens=TokenIds(**msgspec.structs.asdict(special)))


def settings(steps: int = 6) -> Settings:
    data = Data(expected=80, most=96, sample=90, buffer=6)
    return msgspec.structs.replace(SETTINGS, steps=steps, data=data, accumulate=2)


def feed(planning: Planning, threads: int = 2) -> DataFeed:
    shares = [
        Share(Listed("one", 20, frozenset({3, 4}), lambda index: 8 + 8 * (index % 3))),
        Share(Listed("two", 7), 2.0),
    ]
    return DataFeed(shares, planning, config_of(planning), settings(), threads)


def run(folder: Path, planning: Planning, steps: int, threads: int = 2) -> None:
    config = config_of(planning)
    train(Start(config), settings(steps), open_autoencoder(config.vae), feed(planning, threads), folder, str)


def test_a_run_on_data_sets_goes_on_at_the_exact_sample(tmp_path: Path, planning: Planning) -> None:
    run(tmp_path / "whole", planning, 6)
    run(tmp_path / "broken", planning, 4)
    run(tmp_path / "broken", planning, 6, threads=0)
    assert logged(tmp_path / "broken") == logged(tmp_path / "whole")
    samples = "samples-00000.jsonl"
    assert (tmp_path / "broken" / samples).read_bytes() == (tmp_path / "whole" / samples).read_bytes()


def test_more_ranks_go_on_without_losing_or_repeating_a_row(planning: Planning) -> None:
    one = feed(planning)(0, 1, [])
    before = list(islice(one, 3))
    known = [before[-1][1]]
    taken = [name for pack, _ in before for name in pack.owners.names]
    for rank in range(2):
        packs = feed(planning)(rank, 2, known)
        taken += [name for pack, _ in islice(packs, 2) for name in pack.owners.names]
    first_epoch = [name for name in taken if name.startswith("one")]
    assert len(first_epoch) == len(set(first_epoch))


def test_sizes_that_do_not_fit_the_model_end_the_run_at_its_start(planning: Planning) -> None:
    wide = msgspec.structs.replace(LATENT, longest=64)
    with pytest.raises(Mistake, match="position table"):
        feed(Planning(tokens=planning.tokens, latents=wide, patches=PATCH, understanding=PATCH))(0, 1, [])


def test_tensorboard_is_written(tmp_path: Path, planning: Planning) -> None:
    pytest.importorskip("tensorboard")
    config = config_of(planning)
    logging = msgspec.structs.replace(SETTINGS.logging, tensorboard=True)
    board = msgspec.structs.replace(settings(1), logging=logging)
    train(Start(config), board, open_autoencoder(config.vae), feed(planning), tmp_path, str)
    assert list((tmp_path / "tensorboard").glob("events.*"))
