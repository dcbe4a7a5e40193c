"""A small workspace whose texts are hostile and whose pictures are real."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from echoloop.images import encode_png
from echoloop.lab.scenes import draw, sample_scene
from echoloop.records import (
    Applicability,
    ColorHistogram,
    Comparison,
    Complaint,
    ComplaintPart,
    Dropped,
    Effect,
    FaultKeyword,
    Feedback,
    FeedbackLabel,
    Finding,
    ImageRef,
    Item,
    Measurement,
    Output,
    PairStanding,
    Post,
    Standing,
    Verdict,
    admit_text,
)
from echoloop.records.arrow import to_table
from echoloop.workspace import Origin, Workspace, writing

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
BIDI = "safe \u202egnp.exe\u202c \u2066hidden\u2069"
EMOJI = "🎨" * 25_000
LONE = admit_text("half an emoji \ud83d here").text
HOSTILE = (SCRIPT, BIDI, EMOJI, LONE)
MODELS = ("@lab/ochre", "garnet", "</td><script>evil()</script>")
JUDGES = ("strict", "mild")

Put = Callable[[str, Sequence[msgspec.Struct], type[msgspec.Struct], str, int, Sequence[str]], None]


def picture(seed: int) -> bytes:
    return encode_png(draw(sample_scene(np.random.default_rng(seed))))


def put(
    workspace: Workspace,
    name: str,
    rows: Sequence[msgspec.Struct],
    record: type[msgspec.Struct],
    act: str,
    position: int,
    left: Sequence[str] = (),
) -> None:
    origin = Origin(act=act, position=position)
    dropped = [Dropped(stage=name, key=str(key), reason=reason) for key, reason in enumerate(left)]
    workspace.tables.write(f"{name}.dropped", to_table(dropped, Dropped), Dropped, origin)
    workspace.tables.write(name, to_table(rows, record), record, origin)


def items(workspace: Workspace) -> list[Item]:
    return [
        Item(
            id=f"item{number}",
            split="image_to_image" if number % 2 else "text_to_image",
            sample=f"sample{number}",
            prompt=f"{text} by @painter_fan_01, drawn at https://x.com/painter_fan_01/status/7",
            prompt_modified=number == 0,
            quality="Benchmark",
            input_images=(ImageRef(sha256=workspace.images.put(picture(number)), alt=SCRIPT),)
            if number % 2
            else (),
            output_images=(ImageRef(sha256=None, absence="gone from the platform"),),
            community_feedback=(Feedback(post_url=f"https://x.com/i/status/{number}", text=text),),
            source_posts=(f"https://x.com/i/status/{number}", "javascript:alert(1)"),
        )
        for number, text in enumerate(HOSTILE)
    ]


def outputs(workspace: Workspace, asked: Sequence[Item]) -> list[Output]:
    """The second model always refuses; the first one's picture for the last item is lost from the store."""
    lost = "0" * 64
    return [
        Output(
            id=f"{item.id}/{model}/0",
            item=item.id,
            model=model,
            split=item.split,
            state="refused" if model == "garnet" else "answered",
            reason="against the studio's rules" if model == "garnet" else "",
            image=None
            if model == "garnet"
            else lost
            if (item.id, model) == ("item3", "@lab/ochre")
            else workspace.images.put(picture(100 + 10 * row + column)),
        )
        for row, item in enumerate(asked)
        for column, model in enumerate(MODELS)
    ]


def verdicts(made: Sequence[Output]) -> list[Verdict]:
    """The mild judge's answer on the first item could not be read."""
    return [
        Verdict(
            id=f"{output.id}/{judge}/0",
            output=output.id,
            item=output.item,
            model=output.model,
            split=output.split,
            judge=judge,
            score=None if unread else 3.0 + 2 * number + int(output.item[-1]),
            rationale=f"{SCRIPT} splendid" if unread else f"{SCRIPT} fine",
            state="unparsed" if unread else "answered",
            reason="no [[score]] in the answer" if unread else "",
        )
        for output in made
        if output.image is not None
        for number, judge in enumerate(JUDGES)
        for unread in [judge == "mild" and output.item == "item0"]
    ]


def comparisons(made: Sequence[Output]) -> list[Comparison]:
    """The strict judge takes whatever stands first; the mild one says nothing that could be read."""
    by_item: dict[str, list[Output]] = {}
    for output in made:
        if output.image is not None:
            by_item.setdefault(output.item, []).append(output)
    return [
        Comparison(
            id=f"{first.id}|{second.id}/{judge}/0",
            item=first.item,
            split=first.split,
            first=first.model,
            second=second.model,
            first_output=first.id,
            second_output=second.id,
            judge=judge,
            choice="first" if judge == "strict" else None,
            rationale=f"{SCRIPT} the first one",
            state="answered" if judge == "strict" else "unparsed",
            reason="" if judge == "strict" else "no [[A]], [[B]] or [[tie]] in the answer",
        )
        for own in by_item.values()
        for first in own
        for second in own
        if first.id != second.id
        for judge in JUDGES
    ]


def standings() -> list[Standing]:
    return [
        Standing(
            split=split,
            model=model,
            judge=judge,
            judges=JUDGES if judge == "vote" else (judge,),
            vote="majority",
            missing="skip",
            rate=None if model == "garnet" else 0.75 - 0.5 * number / 2,
            low=None if model == "garnet" else 0.6 - 0.5 * number / 2,
            high=None if model == "garnet" else 0.9 - 0.5 * number / 2,
            rank_low=None if model == "garnet" else 1,
            rank_high=None if model == "garnet" else 2,
            items=2,
            outputs=0 if model == "garnet" else 2,
            refused=2 if model == "garnet" else 0,
            failed=0,
            coverage=0.0 if model == "garnet" else 0.9,
            asked=10,
            scored=0 if model == "garnet" else 9,
            reason="never compared with another model" if model == "garnet" else "",
        )
        for split in ("text_to_image", "image_to_image")
        for judge in ("vote", *JUDGES)
        for number, model in enumerate(MODELS)
    ]


def other_rules() -> list[Standing]:
    """The released code's rule over the same verdicts, and a slice by ours: neither belongs on the front page."""
    votes = [one for one in standings() if one.judge == "vote"]
    released = [
        msgspec.structs.replace(
            one, rule="released_code", judges=JUDGES[:1], rate=one.rate and one.rate - 0.05
        )
        for one in votes
    ]
    part = [msgspec.structs.replace(one, slice="language=ja", items=1) for one in votes]
    return [*released, *part]


def pairs() -> list[PairStanding]:
    return [
        PairStanding(
            split="text_to_image",
            judge="vote",
            model=model,
            against=other,
            rate=None if "garnet" in (model, other) else 0.75,
            compared=2,
            ties=1,
            difference=None if "garnet" in (model, other) else 0.25,
            low=None if "garnet" in (model, other) else 0.1,
            high=None if "garnet" in (model, other) else 0.4,
        )
        for model in MODELS
        for other in MODELS
        if model != other
    ]


def findings() -> list[Finding]:
    return [
        Finding(
            split="text_to_image",
            measure="grades given",
            about=JUDGES[0],
            value=0.8,
            n=10,
            alarm=True,
            formula="of all",
        ),
        Finding(
            split="text_to_image",
            measure="grades given",
            about=JUDGES[1],
            value=None,
            n=0,
            reason="<b>asked nothing</b>",
        ),
    ]


def agreement() -> list[Finding]:
    return [
        Finding(
            split="all",
            measure="tau_b, judge with consensus",
            about=JUDGES[0],
            value=0.12,
            low=0.01,
            high=0.23,
            n=40,
        ),
        Finding(split="all", measure="tau_b, rater with rater", about="a | b", value=0.4, n=40),
    ]


def labels() -> list[FeedbackLabel]:
    return [
        FeedbackLabel(
            id=f"label{number}",
            sample=f"sample{number}",
            post_url=f"https://x.com/i/status/{number}",
            text=text,
            polarity=None if number == 3 else "failure",
            keyword="" if number == 3 else "=cmd|' /C calc'!A0" if number == 2 else "yellow $tint$ 黄",
            state="refused" if number == 3 else "answered",
        )
        for number, text in enumerate(HOSTILE)
    ]


def effects() -> list[Effect]:
    return [
        Effect(
            metric="color_shift",
            field="delta_b",
            model=model,
            value=None if model == "garnet" else 4.0,
            low=None if model == "garnet" else 3.0,
            high=None if model == "garnet" else 5.0,
            measured=0 if model == "garnet" else 1,
            outputs=4,
            absences=("no input picture: 2", "no output: refused: 1"),
            meaning="how much yellower",
            better="zero",
            answers=("yellow $tint$ 黄",),
            reason="no output could be measured" if model == "garnet" else "",
        )
        for model in MODELS
    ]


def keywords() -> list[FaultKeyword]:
    return [
        FaultKeyword(keyword=keyword, cluster=cluster, merged_by="model", remarks=remarks, state="answered")
        for keyword, cluster, remarks in (
            ("yellow $tint$ 黄", "yellow $tint$ 黄", 2),
            ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0", 1),
            (SCRIPT[:60], "yellow $tint$ 黄", 1),
            ("\u202egnp.exe @brush.lover_7", "yellow $tint$ 黄", 1),
        )
    ]


def complaints() -> list[Complaint]:
    return [
        Complaint(
            cluster=cluster,
            keywords=(cluster, SCRIPT[:60]),
            remarks=samples,
            samples=samples,
            of=3,
            share=samples / 3,
            low=0.1,
            high=0.9,
            parts=tuple(
                ComplaintPart(kind=kind, name=name, complaints=1, samples=2, share=0.5, low=0.1, high=0.9)
                for kind, names in (
                    ("split", ("text_to_image", "image_to_image")[:samples]),
                    ("task", ("draw a", SCRIPT)),
                    ("month", ("2025-03", "2025-04", "no date")),
                )
                for name in names
            ),
            examples=tuple(f"label{number}" for number in range(samples)),
        )
        for cluster, samples in (("yellow $tint$ 黄", 2), ("=cmd|' /C calc'!A0", 1))
    ]


def applicability() -> list[Applicability]:
    return [
        Applicability(
            item=f"item{number}",
            metric="color_shift",
            applies=None if number == 3 else number % 2 == 1,
            rationale="" if number == 3 else f"{SCRIPT} because",
            state="refused" if number == 3 else "answered",
        )
        for number in range(4)
    ]


def measurements(made: Sequence[Output]) -> list[Measurement]:
    """The first model's pictures alone; the rest has its reason."""
    return [
        Measurement(
            metric="color_shift",
            field="delta_b",
            output=output.id,
            item=output.item,
            model=output.model,
            value=float(output.item[-1]) if output.model == MODELS[0] else None,
            state="measured" if output.model == MODELS[0] else "absent",
            reason="" if output.model == MODELS[0] else "no output: refused",
        )
        for output in made
    ]


def histograms() -> list[ColorHistogram]:
    """A model whose pictures have no colour between black and white has no mean."""
    flat = tuple([1 / 256] * 256)
    return [
        ColorHistogram(
            model=model,
            side=side,
            pictures=2,
            red=flat,
            green=flat,
            blue=flat,
            mean=() if model == "garnet" else (127.5, 127.5, 127.5),
        )
        for model in MODELS
        for side in ("inputs", "outputs")
    ]


def shown() -> list[Finding]:
    return [
        Finding(
            split="all",
            measure="complaints with measured effects (Spearman)",
            about=MODELS[0],
            value=None,
            n=1,
            reason="too few: 1 metrics were measured",
            formula="over metrics",
        )
    ]


def readers_agree() -> list[Finding]:
    return [
        Finding(
            split="all metrics",
            measure="Cohen's kappa",
            about="one | other",
            value=0.5,
            low=0.2,
            high=0.7,
            n=9,
        )
    ]


def fill(workspace: Workspace) -> None:
    asked = items(workspace)
    made = outputs(workspace, asked)
    posts = [
        Post(
            url=f"https://x.com/i/status/{n}",
            platform="x",
            text="x",
            created_at=None,
            author="@brush.lover_7",
        )
        for n in range(9)
    ]
    put(workspace, "posts", posts, Post, "collect", 0, ["not the URL of a post"] * 3 + [SCRIPT])
    put(workspace, "items", asked, Item, "curate", 105, ["the same task again"])
    put(workspace, "outputs", made, Output, "generate", 200)
    put(workspace, "verdicts", verdicts(made), Verdict, "judge", 300, ["no picture to judge: refused"] * 4)
    put(workspace, "comparisons", comparisons(made), Comparison, "judge", 300)
    put(workspace, "standings", [*standings(), *other_rules()], Standing, "judge", 301)
    put(workspace, "pair_standings", pairs(), PairStanding, "judge", 302)
    put(workspace, "findings", findings(), Finding, "judge", 303)
    put(workspace, "agreement", agreement(), Finding, "judge", 390)
    put(workspace, "feedback", labels(), FeedbackLabel, "diagnose", 400)
    put(workspace, "keywords", keywords(), FaultKeyword, "diagnose", 401)
    put(workspace, "complaints", complaints(), Complaint, "diagnose", 402)
    put(workspace, "applicability", applicability(), Applicability, "diagnose", 403)
    put(workspace, "measurements", measurements(made), Measurement, "diagnose", 404)
    put(workspace, "effects", effects(), Effect, "diagnose", 405)
    put(workspace, "color_histograms", histograms(), ColorHistogram, "diagnose", 406)
    put(workspace, "complaints_shown", shown(), Finding, "diagnose", 407)
    put(workspace, "applicability_agreement", readers_agree(), Finding, "diagnose", 490)


@pytest.fixture(scope="session")
def read_only_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A whole small run, shared: only its report may be written."""
    with writing(tmp_path_factory.mktemp("report") / "ws") as opened:
        fill(opened)
    return opened


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A whole small run."""
    with writing(tmp_path / "ws") as opened:
        fill(opened)
    return opened


@pytest.fixture
def empty_workspace(tmp_path: Path) -> Workspace:
    """Before the first act."""
    with writing(tmp_path / "ws") as opened:
        pass
    return opened
