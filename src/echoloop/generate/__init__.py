"""A release x image models -> outputs."""

from echoloop.generate.settings import GenerateSettings, ImageModel
from echoloop.generate.stages import generate_stages

__all__ = ["GenerateSettings", "ImageModel", "generate_stages"]
