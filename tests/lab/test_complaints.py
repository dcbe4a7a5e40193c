"""Checks of complaints must be able to fail: each thing that can be read wrongly turns just its own line red."""

import pytest

from echoloop.lab.checks import Check
from echoloop.lab.complaints import complaint_checks
from echoloop.lab.town import TownTruth
from echoloop.lab.town.truth import GoldFeedback, GoldPost, GoldSample
from echoloop.records import Complaint, FaultKeyword, FeedbackLabel
from echoloop.statistics import share_interval

FAULTS = ("yellow tint", "wrong count")
SAID = {
    **{f"u{n}": ("failure", FAULTS[n % 2], "opinion") for n in range(6)},
    **{f"u{n}": ("success", "", "opinion") for n in range(6, 9)},
    "u9": ("neither", "", "solution"),
    "u10": ("neither", "", "exploration"),
}


def truth(*, faulty: bool = True) -> TownTruth:
    samples = tuple(
        GoldSample(
            id=url,
            thread_root=url,
            post_urls=(url,),
            prompt=url,
            quality="Benchmark",
            split="text_to_image",
            language="en",
            feedback=(
                GoldFeedback(post_url=url, text=url, polarity=polarity, keyword=keyword, kind=kind),  # type: ignore[arg-type]
            ),
        )
        for url, (polarity, keyword, kind) in SAID.items()
    )
    posts = tuple(GoldPost(url=url, thread_root=url, thread_kind="plain") for url in SAID)
    return TownTruth(
        product="p",
        seed=0,
        faulty=faulty,
        posts=posts,
        relevance=(),
        samples=samples,
        pictures=(),
        complaints=(),
        funnel=(),
    )


def red(said: dict[str, tuple[str, str, str]], clusters: dict[str, str] | None = None) -> set[str]:
    """The names of the checks that do not hold, up to their first colon and what was measured."""
    clusters = clusters or {name: name for name in FAULTS}
    labels = [
        FeedbackLabel(
            id=url,
            sample=url,
            post_url=url,
            text=url,
            polarity=polarity,  # type: ignore[arg-type]
            keyword=keyword,
            kind=kind,  # type: ignore[arg-type]
            state="answered",
        )
        for url, (polarity, keyword, kind) in said.items()
    ]
    keywords = [
        FaultKeyword(keyword=keyword, cluster=cluster, merged_by="model", remarks=1, state="answered")
        for keyword, cluster in clusters.items()
    ]
    complained = [clusters.get(one.keyword, one.keyword) for one in labels if one.polarity == "failure"]
    complaints = [counted(name, complained.count(name), len(labels)) for name in sorted(set(complained))]
    checks: list[Check] = complaint_checks(labels, keywords, complaints, truth())
    return {one.name.partition(" (")[0] for one in checks if not one.passed}


def counted(cluster: str, samples: int, of: int) -> Complaint:
    share, low, high = share_interval(samples, of)
    return Complaint(
        cluster=cluster, keywords=(), remarks=samples, samples=samples, of=of, share=share, low=low, high=high
    )


def test_what_is_read_as_it_was_meant_holds() -> None:
    assert red(SAID) == set()


@pytest.mark.parametrize(
    ("url", "read", "expected"),
    [
        ("u0", ("neither", "", "opinion"), "complaints: recall"),
        ("u6", ("failure", "yellow tint", "opinion"), "complaints: precision"),
        ("u1", ("failure", "yellow tint", "opinion"), "complaints: named as meant"),
        ("u6", ("neither", "", "opinion"), "praise: recall"),
        ("u10", ("success", "", "exploration"), "praise: precision"),
        ("u9", ("neither", "", "opinion"), "ways round: recall"),
        ("u10", ("neither", "", "solution"), "questions to the model: recall"),
    ],
)
def test_what_is_read_wrongly_is_seen(url: str, read: tuple[str, str, str], expected: str) -> None:
    assert expected in red({**SAID, url: read})


def test_a_fault_in_pieces_and_faults_put_together_are_seen() -> None:
    pieces = {f"u{n}": ("failure", "yellow", "opinion") for n in (0, 2)}
    found = red({**SAID, **pieces}, {**{name: name for name in FAULTS}, "yellow": "yellow"})
    assert "clusters of complaints that are one planted fault" in found
    together = red(SAID, dict.fromkeys(FAULTS, "yellow tint"))
    assert {
        "clusters of complaints that are one planted fault",
        "complaints: named as meant",
        "planted shares of samples inside their interval",
    } <= together


def test_in_a_town_without_faults_no_complaint_may_be_read() -> None:
    label = FeedbackLabel(
        id="a", sample="a", post_url="a", text="a", polarity="failure", keyword="x", state="answered"
    )
    (imagined,) = complaint_checks([label], [], [], truth(faulty=False))
    assert (imagined.value, imagined.passed) == (1.0, False)
