"""What a collector searches for: wide terms in the first two weeks after the release, narrow ones later."""

from datetime import datetime, timedelta

from echoloop.lab.town.plan import TownPlan

_WIDE_FOR = timedelta(days=14)


def search_terms(plan: TownPlan, at: datetime) -> tuple[str, ...]:
    """The terms in use on a day. A post is found by a term when it holds all of the term's words."""
    name, tag = plan.product.lower(), plan.hashtag.lower()
    if at.date() < plan.released + _WIDE_FOR:
        return (name, tag, "create image", "image generation")
    return (
        tag,
        f"{name} prompt",
        f"{name} image",
        f"{name} picture",
        "create image",
        "prompt share",
        "提示词",
        "プロンプト",
        name,
    )


def found_by(text: str, plan: TownPlan, at: datetime) -> tuple[str, ...]:
    """The terms that find a text, in the order in which they are searched."""
    lowered = text.lower()
    return tuple(term for term in search_terms(plan, at) if all(word in lowered for word in term.split()))
