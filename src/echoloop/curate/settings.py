"""What curate has to know."""

from typing import Literal, TypeAlias

import msgspec

Selection: TypeAlias = Literal["stratified", "paper"]
BoxConvention: TypeAlias = Literal["pixels", "thousandths"]


class CurateSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads conversations, pictures and screenshots, who guards, and how much goes into a benchmark split.

    `guard` and every one of `guards` must call a sample safe. Those that `classifiers` name are trained guards such as Llama
    Guard, which bring their own instruction and are sent the material alone; those that `moderators` name are asked through
    a moderation API. Naming a guard there is naming it as a guard. `selection` is "stratified", or "paper": drawn uniformly.

    A conversation with more than `posts_at_once` posts or `characters_at_once` characters is read in parts; a post over
    `text_limit` characters is cut and says so. A post named as the first of more than `samples_per_post` samples was not read but
    stuttered over. Of a task's pictures the first `pictures_at_once` are shown. `box_convention` is what the boxer's model family counts in: pixels of the picture as sent, or thousandths
    of its sides. Each box is made smaller by `box_margin` pixels a side (10 in ECHO's public code), which takes frames away.
    """

    subject: str
    reader: str
    viewer: str
    boxer: str
    guard: str
    guards: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    per_split: int = 1000
    selection: Selection = "stratified"
    seed: int = 0
    text_limit: int = 20_000
    posts_at_once: int = 200
    characters_at_once: int = 80_000
    samples_per_post: int = 50
    pictures_at_once: int = 100
    box_convention: BoxConvention = "pixels"
    box_margin: int = 0

    @property
    def all_guards(self) -> tuple[str, ...]:
        """Every guard once, in the order in which they are asked."""
        return tuple(dict.fromkeys((self.guard, *self.guards, *self.classifiers, *self.moderators)))
