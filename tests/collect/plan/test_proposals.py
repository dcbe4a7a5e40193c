"""The plan that improves itself: planted words are found again, noise is dropped, and little data proposes nothing."""

import random
import tomllib
from datetime import UTC, date, datetime, timedelta

import pytest

from echoloop.collect.errands import Window
from echoloop.collect.plan import Phase, Plan
from echoloop.collect.plan.adding import Text
from echoloop.collect.plan.proposals import Proposals, Thresholds, propose
from echoloop.collect.plan.yields import Finding, Searched

RELEASED = datetime(2025, 3, 25, tzinfo=UTC)
NOW = RELEASED + timedelta(days=60)
PLAN = Plan(
    released=date(2025, 3, 25),
    phases=(
        Phase(name="broad", keywords=("pixmo", "acme"), from_day=0, days=14, window_days=1),
        Phase(name="narrow", keywords=("pixmo prompt",), from_day=14, days=None, window_days=7),
    ),
)
COMMON = [
    f"{a}{b}"
    for a in ("lo", "mi", "ra", "tu", "ve", "so", "ke", "ni")
    for b in ("ban", "dor", "fel", "gim", "hus")
]


class World:
    """Posts that a keyword found, half of them kept; what is planted is said mostly in the kept ones."""

    def __init__(self, seed: int, posts: int = 300) -> None:
        self.random = random.Random(seed)
        self.findings: list[Finding] = []
        self.scores: dict[str, int | None] = {}
        self.texts: list[Text] = []
        self.searches: list[Searched] = []
        for number in range(posts):
            self.add(number % 2 == 0, "pixmo", keyword="pixmo")

    def add(
        self, kept: bool | None, words: str = "", *, keyword: str | None = None, author: str | None = None
    ) -> str:
        """One post; without a keyword it came with a conversation, without `kept` it is not scored."""
        post = f"p{len(self.texts)}"
        filling = " ".join(self.random.choices(COMMON, k=12))
        self.texts.append(Text(post=post, text=f"{filling} {words}", author=author or f"a{len(self.texts)}"))
        if keyword:
            at = RELEASED + timedelta(days=self.random.uniform(0, 13))
            self.findings.append(Finding(platform="x", keyword=keyword, post=post, at=at))
        if kept is not None:
            self.scores[post] = 5 if kept else 2
        return post

    def plant(self, words: str, kept: int, dropped: int, *, author: str | None = None) -> None:
        for number in range(kept + dropped):
            self.add(number < kept, words, keyword="pixmo", author=author)

    def propose(self, thresholds: Thresholds | None = None) -> Proposals:
        return propose(PLAN, NOW, "Pixmo", self.findings, self.searches, self.scores, self.texts, thresholds)


@pytest.mark.parametrize("seed", range(5))
def test_planted_words_are_found_and_nothing_else(seed: int) -> None:
    world = World(seed)
    world.plant("pixmo restyled", 40, 4)
    world.plant("pixmo before after", 35, 2)
    world.plant("画风转换", 30, 1)
    world.plant("giveaway airdrop", 2, 60)
    terms = [one.term for one in world.propose().add]
    assert len(terms) == 3
    assert sum("restyled" in term for term in terms) == 1
    assert sum("before" in term or "after" in term for term in terms) == 1
    assert sum(term in "画风转换" for term in terms) == 1


@pytest.mark.parametrize("seed", range(3))
def test_where_nothing_is_planted_nothing_is_proposed(seed: int) -> None:
    found = World(seed, posts=600).propose()
    assert found.add == ()
    assert any("no word sets kept posts apart" in said for said in found.silent)
    assert found.toml == ""


def test_one_author_and_one_flood_do_not_make_a_word() -> None:
    world = World(1)
    world.plant("myfancybrand", 80, 0, author="the one")
    for _ in range(80):
        copy = world.add(True, keyword="pixmo")
        world.texts[-1] = Text(post=copy, text="copypasta of the day", author=f"c{copy}")
    assert world.propose().add == ()


def test_a_word_that_stands_beside_the_subject_is_searched_for_with_it() -> None:
    world = World(2)
    world.plant("pixmo restyled", 40, 2)
    world.plant("moodboarding", 40, 2)
    keywords = {one.term: one.keyword for one in world.propose().add}
    beside = next(term for term in keywords if "restyled" in term)
    assert keywords[beside] == ("Pixmo restyled" if beside == "restyled" else beside)
    assert keywords["moodboarding"] == "moodboarding"


def test_words_that_are_searched_for_already_are_not_proposed() -> None:
    world = World(3)
    world.plant("pixmo prompt", 60, 1)
    world.plant("acme", 60, 1)
    assert world.propose().add == ()


def test_what_adding_would_find_is_estimated_from_posts_that_no_keyword_found() -> None:
    world = World(4)
    world.plant("moodboarding", 45, 5)
    for _ in range(20):
        world.add(None, "moodboarding")
    world.add(None, "moodboarding", keyword="pixmo")
    (added,) = world.propose().add
    assert (added.kept, added.dropped, added.voices, added.waiting) == (45, 5, 45, 20)
    assert added.likely == pytest.approx(18)
    assert added.low < 18 < added.high <= 20
    assert "20 posts" in added.sentence
    assert "about 18" in added.sentence


def test_noise_is_dropped_and_the_best_keyword_of_a_phase_stays() -> None:
    world = World(5)
    for number in range(200):
        world.add(number < 4, keyword="acme")
    window = Window(start=RELEASED, end=RELEASED + timedelta(days=1), phase="broad")
    world.searches = [Searched(platform="x", keyword="acme", window=window, reads=500, cost=2.5)] * 2
    (drop,) = world.propose().drop
    assert (drop.phase, drop.keyword, drop.why, drop.kept, drop.scored, drop.alone) == (
        "broad", "acme", "noise", 4, 200, 4,
    )  # fmt: skip
    assert (drop.reads, drop.cost) == (1000, 5.0)
    assert drop.upper < 0.1
    assert "1,000 reads for $5.00" in drop.sentence


def test_of_keywords_that_find_the_same_one_stays() -> None:
    world = World(6)
    for finding in list(world.findings):
        world.findings.append(Finding(platform="x", keyword="acme", post=finding.post, at=finding.at))
    (drop,) = world.propose().drop
    assert drop.why == "redundant"
    assert drop.alone == 0


def test_an_unknown_price_stays_unknown() -> None:
    world = World(7)
    for _ in range(100):
        world.add(False, keyword="acme")
    window = Window(start=RELEASED, end=RELEASED + timedelta(days=1), phase="broad")
    world.searches = [Searched(platform="x", keyword="acme", window=window, reads=7, cost=None)]
    (drop,) = world.propose().drop
    assert drop.cost is None
    assert "unknown price" in drop.sentence


def test_little_data_proposes_nothing_and_says_why() -> None:
    world = World(8, posts=12)
    world.add(False, keyword="acme")
    found = world.propose()
    assert (found.drop, found.add, found.toml) == ((), (), "")
    assert any("'acme' (broad)" in said and "fewer than 20" in said for said in found.silent)
    assert any("too little to compare words" in said for said in found.silent)
    assert propose(PLAN, NOW, "Pixmo", [], [], {}, []).add == ()


def test_the_lines_to_paste_are_the_lists_as_they_would_be() -> None:
    world = World(9)
    world.plant("moodboarding", 45, 2)
    for _ in range(100):
        world.add(False, keyword="acme")
    assert tomllib.loads(world.propose().toml) == {
        "collect": {
            "broad": {"keywords": ["pixmo"]},
            "narrow": {"keywords": ["pixmo prompt", "moodboarding"]},
        }
    }
