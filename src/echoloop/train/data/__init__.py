"""Data sets to packed sequences."""

from echoloop.train.data.collating import Owners, Unencoded, collate
from echoloop.train.data.dropout import NO_DROPOUT, Dropout
from echoloop.train.data.mixture import Draw, Mixture, Position, Share
from echoloop.train.data.opening import open_dataset, recognise
from echoloop.train.data.packing import Packer, pack_lengths
from echoloop.train.data.planning import Limits, Planning, check_planning, plan
from echoloop.train.data.resharding import reshard
from echoloop.train.data.rows import Bad, Dataset, Kind, Picture, Row
from echoloop.train.data.samples import (
    ImageSplit,
    Sample,
    Split,
    TextSplit,
    Tiling,
    sample_length,
    split_length,
)
from echoloop.train.data.seeds import Seed
from echoloop.train.data.stream import Pack, Packing, Stream
from echoloop.train.data.tokens import FileTokens, Tokens, open_tokens
from echoloop.train.data.transforms import LATENTS, PATCHES, UNDERSTANDING, Sizes, resized
from echoloop.train.data.word_tokens import write_word_tokens

__all__ = [
    "LATENTS",
    "NO_DROPOUT",
    "PATCHES",
    "UNDERSTANDING",
    "Bad",
    "Dataset",
    "Draw",
    "Dropout",
    "FileTokens",
    "ImageSplit",
    "Kind",
    "Limits",
    "Mixture",
    "Owners",
    "Pack",
    "Packer",
    "Packing",
    "Picture",
    "Planning",
    "Position",
    "Row",
    "Sample",
    "Seed",
    "Share",
    "Sizes",
    "Split",
    "Stream",
    "TextSplit",
    "Tiling",
    "Tokens",
    "Unencoded",
    "check_planning",
    "collate",
    "open_dataset",
    "open_tokens",
    "pack_lengths",
    "plan",
    "recognise",
    "reshard",
    "resized",
    "sample_length",
    "split_length",
    "write_word_tokens",
]
