"""Drawing and writing with a trained model."""

from echoloop.train.sampling.defaults import Defaults, read_defaults, write_defaults
from echoloop.train.sampling.guidance import MULTI_REFERENCE, Guidance, guided
from echoloop.train.sampling.image_model import ImageModel, open_image_model
from echoloop.train.sampling.loaded import Loaded, load
from echoloop.train.sampling.requests import Drawn, DrawRequest, Question
from echoloop.train.sampling.sampler import Sampler

__all__ = [
    "MULTI_REFERENCE",
    "Defaults",
    "DrawRequest",
    "Drawn",
    "Guidance",
    "ImageModel",
    "Loaded",
    "Question",
    "Sampler",
    "guided",
    "load",
    "open_image_model",
    "read_defaults",
    "write_defaults",
]
