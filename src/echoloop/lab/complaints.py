"""What was read of the town's complaints, beside what its people meant."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set

from echoloop.lab.checks import Check
from echoloop.lab.town import TownTruth
from echoloop.lab.town.truth import GoldFeedback
from echoloop.records import Complaint, FaultKeyword, FeedbackLabel

_KINDS = {"solution": "ways round", "exploration": "questions to the model"}


def complaint_checks(
    labels: Sequence[FeedbackLabel],
    keywords: Sequence[FaultKeyword],
    complaints: Sequence[Complaint],
    truth: TownTruth,
) -> list[Check]:
    """Polarity, kind and cluster of every remark; then the counts. Wordings that were held out are shown apart."""
    if not truth.faulty:
        return [_imagined(labels)]
    hidden = {sample.thread_root for sample in truth.samples if sample.held_out}
    thread_of = {post.url: post.thread_root for post in truth.posts}
    said = {one.post_url: one for sample in truth.samples if not sample.hazards for one in sample.feedback}
    read = {label.post_url: label for label in labels}
    cluster_of = {row.keyword: row.cluster for row in keywords}
    open_posts = {url for url in {*said, *read} if thread_of.get(url) not in hidden}
    return [
        *_remark_checks(said, read, cluster_of, open_posts, shown=False),
        *_remark_checks(said, read, cluster_of, {*said, *read} - open_posts, shown=True),
        _one_cluster_each(complaints, said),
        _shares_found(complaints, truth),
    ]


def _remark_checks(
    said: Mapping[str, GoldFeedback],
    read: Mapping[str, FeedbackLabel],
    cluster_of: Mapping[str, str],
    posts: Set[str],
    *,
    shown: bool,
) -> list[Check]:
    meant = {url: one for url, one in said.items() if url in posts}
    found = {url: one for url, one in read.items() if url in posts}
    complained = {url for url, one in meant.items() if one.polarity == "failure"}
    blamed = {url for url, one in found.items() if one.polarity == "failure"}
    both = complained & blamed
    named = sum(cluster_of.get(found[url].keyword) == meant[url].keyword for url in both)
    faults = len({meant[url].keyword for url in complained})
    words = len({found[url].keyword for url in both})
    counted = {
        "complaints: precision": (len(both), len(blamed)),
        "complaints: recall": (len(both), len(complained)),
        f"complaints: named as meant ({words} words, {faults} faults)": (named, len(both)),
    }
    liked = {url for url, one in meant.items() if one.polarity == "success"}
    praised = {url for url, one in found.items() if one.polarity == "success"}
    counted |= _both_ways("praise", liked & praised, praised, liked)
    for kind, name in _KINDS.items():
        wanted = {url for url, one in meant.items() if one.kind == kind}
        got = {url for url, one in found.items() if one.kind == kind}
        counted |= _both_ways(name, wanted & got, got, wanted)
    return [
        _check(f"{name}, held-out wordings" if shown else name, right, total, shown)
        for name, (right, total) in counted.items()
        if total or not shown
    ]


def _both_ways(name: str, right: Set[str], found: Set[str], wanted: Set[str]) -> dict[str, tuple[int, int]]:
    return {f"{name}: precision": (len(right), len(found)), f"{name}: recall": (len(right), len(wanted))}


def _check(name: str, right: int, total: int, shown: bool) -> Check:
    return Check(
        part="faults",
        name=name,
        value=right / total if total else None,
        at_least=0.9,
        recovered=f"{right} of {total}",
        shown=shown or not total,
    )


def _one_cluster_each(complaints: Sequence[Complaint], said: Mapping[str, GoldFeedback]) -> Check:
    """A taxonomy that leaves one fault in pieces, or puts two together, has another number of clusters."""
    planted = {one.keyword for one in said.values() if one.polarity == "failure"}
    found = {one.cluster for one in complaints}
    right = len(planted & found)
    return Check(
        part="faults",
        name="clusters of complaints that are one planted fault",
        value=right / len(found | planted) if found else None,
        at_least=0.85,
        planted=str(len(planted)),
        recovered=str(len(found)),
    )


def _shares_found(complaints: Sequence[Complaint], truth: TownTruth) -> Check:
    """The true share of samples with each complaint, and how many intervals hold it."""
    spoken = [sample for sample in truth.samples if sample.feedback and not sample.hazards]
    having: dict[str, int] = defaultdict(int)
    for sample in spoken:
        for keyword in {one.keyword for one in sample.feedback if one.polarity == "failure"}:
            having[keyword] += 1
    found = {one.cluster: one for one in complaints}
    inside = sum(
        (one := found.get(keyword)) is not None
        and one.low is not None
        and one.high is not None
        and one.low <= count / len(spoken) <= one.high
        for keyword, count in having.items()
    )
    return Check(
        part="faults",
        name="planted shares of samples inside their interval",
        value=inside / len(having) if having else None,
        at_least=0.85,
        planted=str(len(having)),
        recovered=f"{inside} of {len(having)}",
    )


def _imagined(labels: Sequence[FeedbackLabel]) -> Check:
    imagined = sum(label.polarity == "failure" for label in labels)
    return Check(
        part="faults",
        name="complaints read where nobody complained, share",
        value=imagined / len(labels) if labels else None,
        at_most=0.01,
        planted="0",
        recovered=f"{imagined} of {len(labels)} remarks",
    )
