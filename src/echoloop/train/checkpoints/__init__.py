"""Checkpoints: the published layout, looked into, loaded and written; and the checkpoints of a run."""

from echoloop.train.checkpoints.configs import config_files, load_config
from echoloop.train.checkpoints.headers import Damaged, TensorEntry, read_header
from echoloop.train.checkpoints.inspecting import Inspection, PartSize, describe, inspect
from echoloop.train.checkpoints.loading import LoadReport, load_autoencoder, load_weights, reader_of
from echoloop.train.checkpoints.publishing import Published, of_model, save_published
from echoloop.train.checkpoints.recognising import is_table, part_of, what_model
from echoloop.train.checkpoints.run_folder import Checkpoint, RankState, RunFolder, RunManifest, Together
from echoloop.train.checkpoints.run_tensors import RunTensors
from echoloop.train.checkpoints.weights import Weights, open_weights
from echoloop.train.checkpoints.writing import CouldNotSave, Planned

__all__ = [
    "Checkpoint",
    "CouldNotSave",
    "Damaged",
    "Inspection",
    "LoadReport",
    "PartSize",
    "Planned",
    "Published",
    "RankState",
    "RunFolder",
    "RunManifest",
    "RunTensors",
    "TensorEntry",
    "Together",
    "Weights",
    "config_files",
    "describe",
    "inspect",
    "is_table",
    "load_autoencoder",
    "load_config",
    "load_weights",
    "of_model",
    "open_weights",
    "part_of",
    "read_header",
    "reader_of",
    "save_published",
    "what_model",
]
