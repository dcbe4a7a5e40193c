"""Four languages that say the same things, and understand what they say."""

from echoloop.lab.scenes.language.blanks import blank_template, complete, fill, is_template
from echoloop.lab.scenes.language.describing import describe, describe_edit, describe_request
from echoloop.lab.scenes.language.grammar import LANGUAGES, Language, Slot
from echoloop.lab.scenes.language.understanding import FoundPrompt, find_prompts, understand

__all__ = [
    "LANGUAGES",
    "FoundPrompt",
    "Language",
    "Slot",
    "blank_template",
    "complete",
    "describe",
    "describe_edit",
    "describe_request",
    "fill",
    "find_prompts",
    "is_template",
    "understand",
]
