"""What collect has to know, stage by stage: each is made again only when something of its own has changed."""

import hashlib
from datetime import date
from pathlib import Path
from typing import ClassVar

import msgspec

from echoloop.collect.attributing import Attribution
from echoloop.collect.intake import FOUND, Intake
from echoloop.collect.plan import Plan


class IntakeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the intake lies and what is in it. Without a plan, every post of an archive counts as found."""

    PLACES: ClassVar[tuple[str, ...]] = ("intake",)

    intake: str
    digest: str
    plan: Plan | None

    def attribution(self) -> Attribution:
        """Which posts of archives the plan's keywords find."""
        return Attribution(self.plan)


class RelevanceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The target model as people name it, when it came out, who reads, and from which score on a post is kept."""

    subject: str
    released: date
    reader: str
    keep_from: int = 4


class CollectSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The stages of collect over one state of the intake: `found` is what searches and archives brought, `posts` is all."""

    found: IntakeSettings
    relevance: RelevanceSettings
    posts: IntakeSettings


class IntakeState(msgspec.Struct, frozen=True, kw_only=True):
    """What an intake holds, as hashes. `absent` archives are named but not in yet: then nothing made from it is fresh."""

    found: str = ""
    everything: str = ""


def state_of(intake: Path, *, absent: tuple[str, ...] = ()) -> IntakeState:
    """The state of an intake, also of one that is not there yet."""
    extra = "".join(sorted(absent))
    if not intake.exists():
        return IntakeState(found=extra, everything=extra)
    with Intake(intake, readonly=True) as opened:
        pictures = hashlib.sha256()
        for place, url, body in opened.pictures.digest_rows():
            pictures.update(b"%d %s " % (place, url.encode()) + body)
        return IntakeState(
            found=opened.digest(FOUND) + extra,
            everything=opened.digest() + pictures.hexdigest() + opened.authors.version() + extra,
        )
