"""Taking back, giving away without content, and fetching again."""

from echoloop.collect.compliance.dehydrating import DehydratedPost, dehydrate, read_dehydrated
from echoloop.collect.compliance.erasing import Concerned, concerned, erase, people_in, resolve
from echoloop.collect.compliance.hydrating import Attrition, Labels, attrition, hydration_errands
from echoloop.collect.compliance.targets import Person, Targets, read_targets

__all__ = [
    "Attrition",
    "Concerned",
    "DehydratedPost",
    "Labels",
    "Person",
    "Targets",
    "attrition",
    "concerned",
    "dehydrate",
    "erase",
    "hydration_errands",
    "people_in",
    "read_dehydrated",
    "read_targets",
    "resolve",
]
