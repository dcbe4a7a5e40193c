"""Writes one thread: says things in one language out of one phrasebook, shows pictures, and keeps the truth beside them."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

import msgspec
import numpy as np
from msgspec.structs import replace

from echoloop.lab.scenes import Language, Scene, draw
from echoloop.lab.town.addresses import Platform
from echoloop.lab.town.conversation import Conversation, SaidPost
from echoloop.lab.town.defects import DEFECT_RATE, choose_defect, spoil_pixels, spoil_scene
from echoloop.lab.town.keywords import found_by
from echoloop.lab.town.media import MediaFolder
from echoloop.lab.town.phrasebook import Phrasebook, Wordings
from echoloop.lab.town.plan import TownPlan
from echoloop.lab.town.quoting import set_off
from echoloop.lab.town.truth import (
    Defect,
    GoldFeedback,
    GoldPicture,
    GoldPost,
    GoldRelevance,
    GoldSample,
    PictureRole,
    ThreadKind,
)
from echoloop.records import FeedbackKind, ImageRef, Polarity, Quality

DAYS = 42
_LOSSLESS = 0.15
_SHIFTS = (-2, -1, 0, 1, 2)
_LANGUAGES: tuple[tuple[Language, float], ...] = (("en", 0.62), ("es", 0.14), ("zh", 0.12), ("ja", 0.12))
_PLATFORMS: tuple[tuple[Platform, float], ...] = (("x", 0.8), ("reddit", 0.12), ("bluesky", 0.08))

T = TypeVar("T")


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A picture in a post."""

    image: ImageRef
    defect: Defect | None = None


class Storyteller:
    """One thread in the making. Everything it chooses comes from the seed of the town and the number of the thread."""

    def __init__(
        self, plan: TownPlan, number: int, kind: ThreadKind, book: Phrasebook, media: MediaFolder
    ) -> None:
        self.plan = plan
        self.book = book
        self.media = media
        self.rng = np.random.default_rng((plan.seed, number))
        self.language: Language = self.weighted(_LANGUAGES)
        self.talk = Conversation(self.weighted(_PLATFORMS), self._beginning(), self.rng)
        self.samples: list[GoldSample] = []
        self.relevance: list[GoldRelevance] = []
        self.pictures: list[GoldPicture] = []
        self._number = number
        self._kind: ThreadKind = kind
        self._renown = float(self.rng.gamma(2.0, 0.5))

    def chance(self, probability: float) -> bool:
        return float(self.rng.random()) < probability

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.rng.integers(len(choices)))]

    def weighted(self, shares: Sequence[tuple[T, float]]) -> T:
        """One of the choices, as often as its share says."""
        weights = np.array([share for _, share in shares])
        return shares[int(self.rng.choice(len(shares), p=weights / weights.sum()))][0]

    def some(self, mean: float) -> int:
        """How many people do a thing that so many do under a thread of average renown."""
        return int(self.rng.poisson(mean * self._renown))

    def words(self, wordings: Wordings, **places: str) -> str:
        """One of the book's wordings for a moment, its places filled."""
        wording = self.pick(wordings[self.language])
        names = {"product": self.plan.product, "rival": self.plan.rival, "tag": self.plan.hashtag}
        for name, value in (names | places).items():
            wording = wording.replace("{" + name + "}", value)
        return wording

    def announce(self, prompt: str, lead: Wordings | None = None) -> str:
        """A prompt set off by a lead."""
        return set_off(prompt, self.words(lead or self.book.lead), self.language, self.rng)

    def join(self, *parts: str) -> str:
        """Parts of a post on lines of their own."""
        gap = "\n\n" if self.chance(0.4) else "\n"
        return gap.join(part for part in parts if part)

    def show(
        self, scene: Scene, role: PictureRole, *, edited: bool = False, alt: str = "", sound: bool = False
    ) -> Shown:
        """Draw a picture into the media folder; an output that need not be `sound` may have a defect."""
        may_fail = role == "output" and not sound
        drawn, defect = self.spoil(scene, edited=edited) if may_fail else (scene, None)
        shift = self.pick(_SHIFTS), self.pick(_SHIFTS)
        pixels = spoil_pixels(draw(drawn, shift), defect)
        image = self.media.save(pixels, self.rng, lossless=self.chance(_LOSSLESS), alt=alt)
        self._keep_picture(image, role, drawn, defect)
        return Shown(image=image, defect=defect)

    def spoil(self, scene: Scene, *, edited: bool) -> tuple[Scene, Defect | None]:
        """What is drawn in place of what was asked for."""
        if not self.plan.faulty or not self.chance(DEFECT_RATE):
            return scene, None
        defect = choose_defect(scene, edited=edited, rng=self.rng)
        return spoil_scene(scene, defect, self.rng), defect

    def post(
        self,
        text: str,
        *,
        author: str,
        under: SaidPost | None = None,
        shown: Sequence[Shown] = (),
        score: tuple[int, int] | None = None,
        deleted: bool = False,
    ) -> SaidPost:
        """Say something. A post with a `score` (the scores that are defensible for it) is one that a search finds."""
        keyword: str | None = None
        if score is not None:
            if not found_by(text, self.plan, self.talk.now):
                text = f"{text}\n#{self.plan.hashtag}".lstrip()
            keyword = self.pick(found_by(text, self.plan, self.talk.now))
        images = tuple(each.image for each in shown)
        post = self.talk.say(
            text, author=author, under=under, images=images, keyword=keyword, deleted=deleted
        )
        if score is not None:
            low, high = score
            self.relevance.append(
                GoldRelevance(
                    post=post.url,
                    relevant=low >= 4,
                    score_low=low,
                    score_high=high,
                    held_out=self.book.held_out,
                )
            )
        return post

    def sample(
        self,
        posts: Sequence[SaidPost],
        prompt: str,
        *,
        quality: Quality = "Benchmark",
        inputs: Sequence[Shown] = (),
        outputs: Sequence[Shown] = (),
        modified: bool = False,
        filled: bool = False,
        hazards: tuple[str, ...] = (),
    ) -> int:
        """Note a task; returns its place among the thread's samples."""
        return self.note(
            GoldSample(
                id=f"gold-{self._number:04d}-{len(self.samples) + 1}",
                thread_root=self.talk.root.url,
                post_urls=tuple(post.url for post in posts),
                prompt=prompt,
                prompt_modified=modified or filled,
                prompt_fill_blank=filled,
                quality=quality,
                input_images=_files(inputs),
                output_images=_files(outputs),
                split="analysis"
                if quality == "Analysis"
                else "image_to_image"
                if inputs
                else "text_to_image",
                language=self.language,
                hazards=hazards,
                held_out=self.book.held_out,
            )
        )

    def note(self, sample: GoldSample) -> int:
        self.samples.append(sample)
        return len(self.samples) - 1

    def amend(self, at: int, **changes: object) -> None:
        """Change what is noted of a sample."""
        self.samples[at] = replace(self.samples[at], **changes)

    def extend(self, at: int, post: SaidPost, outputs: Sequence[Shown]) -> None:
        """A further post that belongs to a sample, with its pictures."""
        sample = self.samples[at]
        files = dict.fromkeys((*sample.output_images, *_files(outputs)))
        self.amend(at, post_urls=(*sample.post_urls, post.url), output_images=tuple(files))

    def hear(
        self,
        at: int,
        post: SaidPost,
        text: str,
        polarity: Polarity,
        keyword: str = "",
        kind: FeedbackKind = "opinion",
    ) -> None:
        """Feedback on a sample; `text` is the part of the post that says it."""
        said = GoldFeedback(post_url=post.url, text=text, polarity=polarity, keyword=keyword, kind=kind)
        self.amend(at, feedback=(*self.samples[at].feedback, said))

    def keep_boxed(self, picture: GoldPicture) -> None:
        """Note a picture that lies inside another."""
        self.pictures.append(picture)

    def gold_posts(self) -> list[GoldPost]:
        root = self.talk.root.url
        return [
            GoldPost(url=post.url, thread_root=root, thread_kind=self._kind, tombstone=post.deleted)
            for post in self.talk.posts
        ]

    def _keep_picture(self, image: ImageRef, role: PictureRole, scene: Scene, defect: Defect | None) -> None:
        if image.sha256 is not None:
            self.pictures.append(GoldPicture(sha256=image.sha256, role=role, scene=scene, defect=defect))

    def _beginning(self) -> datetime:
        """Most people try a new thing early."""
        days = DAYS * float(self.rng.beta(1.0, 1.6))
        midnight = datetime.combine(self.plan.released, time(), tzinfo=UTC)
        return midnight + timedelta(seconds=int(days * 86400))


def _files(shown: Sequence[Shown]) -> tuple[str, ...]:
    hashes = (each.image.sha256 for each in shown)
    return tuple(dict.fromkeys(file for file in hashes if file is not None))
