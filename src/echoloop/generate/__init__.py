"""A release x image models -> outputs."""

from echoloop.generate.declaring import command_endpoint, python_endpoint
from echoloop.generate.folders import folder_identity
from echoloop.generate.settings import (
    AnyImageModel,
    ChainModel,
    FolderModel,
    GenerateSettings,
    ImageModel,
    InputPolicy,
)
from echoloop.generate.stages import generate_stages

__all__ = [
    "AnyImageModel",
    "ChainModel",
    "FolderModel",
    "GenerateSettings",
    "ImageModel",
    "InputPolicy",
    "command_endpoint",
    "folder_identity",
    "generate_stages",
    "python_endpoint",
]
