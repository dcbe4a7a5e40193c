"""The keyword plan: what to search for, when, what it brought, and how to search better."""

from echoloop.collect.plan.adding import AddTerm, Text
from echoloop.collect.plan.dropping import DropTerm
from echoloop.collect.plan.matching import Matcher
from echoloop.collect.plan.proposals import Proposals, Thresholds, propose
from echoloop.collect.plan.windows import OVERLAP, Phase, PhaseWishes, Plan, plan_of, unasked, windows
from echoloop.collect.plan.yields import Finding, Searched, YieldRow, keyword_yield

__all__ = [
    "OVERLAP",
    "AddTerm",
    "DropTerm",
    "Finding",
    "Matcher",
    "Phase",
    "PhaseWishes",
    "Plan",
    "Proposals",
    "Searched",
    "Text",
    "Thresholds",
    "YieldRow",
    "keyword_yield",
    "plan_of",
    "propose",
    "unasked",
    "windows",
]
