"""A piece of feedback to its label, and the names in many labels to clusters."""

import msgspec

from echoloop.lab.annotators.remarks import Remark, fault_in, read_remark, words_for


class FeedbackQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The data block of a request about a remark."""

    feedback: str
    prompt: str = ""


class Keyword(msgspec.Struct, frozen=True, kw_only=True):
    """A name that complaints were given."""

    number: int
    keyword: str
    remarks: int = 1


class TaxonomyQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The data block of a request about names of faults."""

    keywords: list[Keyword]
    known: list[str] = []


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """Names of one fault."""

    name: str
    numbers: list[int]


class Taxonomy(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    clusters: list[Cluster]


def label_feedback(question: FeedbackQuestion) -> Remark:
    """Words that say nothing of a result are neither praise nor complaint.

    A complaint is named in its own words where these are short and Latin: people say "yellow", "tint" and "amarillo" of one
    fault, and whoever counts has to find that out.
    """
    remark = read_remark(question.feedback) or Remark(polarity="neither")
    own = words_for(question.feedback, remark.keyword) if remark.keyword else ""
    return msgspec.structs.replace(remark, keyword=own) if own else remark


def sort_keywords(question: TaxonomyQuestion) -> Taxonomy:
    """By the fault that each name points to; what points to none is left out."""
    found: dict[str, list[int]] = {}
    for one in question.keywords:
        if fault := fault_in(one.keyword):
            found.setdefault(fault, []).append(one.number)
    return Taxonomy(clusters=[Cluster(name=name, numbers=numbers) for name, numbers in found.items()])
