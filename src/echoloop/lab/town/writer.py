"""Writes a town: what a collector would have stored, and beside it the truth."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from echoloop.lab.town.conversation import Conversation
from echoloop.lab.town.kinds import TELLERS, Assignment, assign
from echoloop.lab.town.levels import count_levels, count_planted
from echoloop.lab.town.media import MediaFolder
from echoloop.lab.town.phrasings import OPEN
from echoloop.lab.town.phrasings_held_out import HELD_OUT
from echoloop.lab.town.plan import TownPlan
from echoloop.lab.town.raw_posts import raw_lines
from echoloop.lab.town.storyteller import Storyteller
from echoloop.lab.town.truth import GoldPicture, TownTruth, save_truth

POSTS_FILE = "posts.jsonl"
TRUTH_FILE = "truth.json"


class Town(msgspec.Struct, frozen=True, kw_only=True):
    """A town on disk."""

    folder: Path
    posts: Path
    truth_file: Path
    truth: TownTruth
    lines: int


def write_town(folder: Path, plan: TownPlan) -> Town:
    """Write posts, media and truth into an empty or new folder; the same plan gives the same bytes."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty: a town is written into a folder of its own")
    media = MediaFolder(folder)
    tellers = [_tell(plan, number, each, media) for number, each in enumerate(assign(plan))]
    truth = _truth(plan, tellers)
    lines = _shuffled_lines([teller.talk for teller in tellers], plan)
    encoder = msgspec.json.Encoder()
    (folder / POSTS_FILE).write_bytes(encoder.encode_lines(lines))
    save_truth(folder / TRUTH_FILE, truth)
    return Town(
        folder=folder,
        posts=folder / POSTS_FILE,
        truth_file=folder / TRUTH_FILE,
        truth=truth,
        lines=len(lines),
    )


def _tell(plan: TownPlan, number: int, assignment: Assignment, media: MediaFolder) -> Storyteller:
    book = HELD_OUT if assignment.held_out else OPEN
    teller = Storyteller(plan, number, assignment.kind, book, media)
    TELLERS[assignment.kind](teller)
    return teller


def _truth(plan: TownPlan, tellers: list[Storyteller]) -> TownTruth:
    posts = tuple(post for teller in tellers for post in teller.gold_posts())
    relevance = tuple(each for teller in tellers for each in teller.relevance)
    samples = tuple(sample for teller in tellers for sample in teller.samples)
    pictures = _distinct([picture for teller in tellers for picture in teller.pictures])
    return TownTruth(
        product=plan.product,
        seed=plan.seed,
        faulty=plan.faulty,
        posts=posts,
        relevance=relevance,
        samples=samples,
        pictures=pictures,
        complaints=count_planted(pictures, samples),
        funnel=count_levels(posts, relevance, samples),
    )


def _distinct(pictures: list[GoldPicture]) -> tuple[GoldPicture, ...]:
    """The same bytes drawn twice are one picture."""
    return tuple({(each.sha256, each.box): each for each in reversed(pictures)}.values())[::-1]


def _shuffled_lines(talks: list[Conversation], plan: TownPlan) -> list[dict[str, Any]]:
    """In no order that says which posts belong together."""
    lines = [
        line
        for number, talk in enumerate(talks)
        for line in raw_lines(talk, plan, np.random.default_rng((plan.seed, number, 1)))
    ]
    order = np.random.default_rng((plan.seed, 1 << 21)).permutation(len(lines))
    return [lines[int(at)] for at in order]
