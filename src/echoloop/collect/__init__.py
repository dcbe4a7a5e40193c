"""Posts from the places where people talk: searched, united, scored for relevance, with their conversations and pictures."""

from echoloop.collect.archives import Archive, open_archives
from echoloop.collect.compliance import Attrition, Labels, attrition, dehydrate, read_dehydrated
from echoloop.collect.fieldwork import FieldSettings, Fieldwork
from echoloop.collect.gathering.bounds import Bounds
from echoloop.collect.gathering.driving import Gathered
from echoloop.collect.gathering.estimating import estimate_searches
from echoloop.collect.gathering.platforms import Platform, open_platform
from echoloop.collect.importing import ImportResult
from echoloop.collect.intake import Intake
from echoloop.collect.pictures import Reach
from echoloop.collect.plan import (
    Finding,
    PhaseWishes,
    Plan,
    Proposals,
    Searched,
    Text,
    Thresholds,
    YieldRow,
    keyword_yield,
    plan_of,
    propose,
)
from echoloop.collect.reading import Reader
from echoloop.collect.scoring import found_scores, searches_made
from echoloop.collect.settings import (
    CollectSettings,
    IntakeSettings,
    RelevanceSettings,
    state_of,
)
from echoloop.collect.sources import PlatformSettings
from echoloop.collect.stages import collect_stages, post_stages, relevance_stages

__all__ = [
    "Archive",
    "Attrition",
    "Bounds",
    "CollectSettings",
    "FieldSettings",
    "Fieldwork",
    "Finding",
    "Gathered",
    "ImportResult",
    "Intake",
    "IntakeSettings",
    "Labels",
    "PhaseWishes",
    "Plan",
    "Platform",
    "PlatformSettings",
    "Proposals",
    "Reach",
    "Reader",
    "RelevanceSettings",
    "Searched",
    "Text",
    "Thresholds",
    "YieldRow",
    "attrition",
    "collect_stages",
    "dehydrate",
    "estimate_searches",
    "found_scores",
    "keyword_yield",
    "open_archives",
    "open_platform",
    "plan_of",
    "post_stages",
    "propose",
    "read_dehydrated",
    "relevance_stages",
    "searches_made",
    "state_of",
]
