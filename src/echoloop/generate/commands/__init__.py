"""Any program that reads JSONL and writes pictures, as an image model."""

from echoloop.generate.commands.command import Command, environment_of, open_command

__all__ = ["Command", "environment_of", "open_command"]
