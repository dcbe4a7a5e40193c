"""Effects of one field on several models, compared: which way is worse, and who is."""

from collections.abc import Iterable

from echoloop.records.results import Effect


def badness(effect: Effect, complaint: str = "") -> float | None:
    """The effect turned so that more is worse; None where there is no number, or nobody said which way is better.

    Where zero is best, a complaint may lie on one side of it: of "too dark", a picture that is too bright shows nothing.
    """
    if effect.value is None:
        return None
    match effect.better:
        case "low":
            return effect.value
        case "high":
            return -effect.value
        case "zero":
            return _off_zero(effect.value, effect, complaint)
        case "unknown":
            return None


def worse_than(effects: Iterable[Effect], complaint: str = "") -> dict[str, float]:
    """For each model the share of the others that it is worse than, ties as a half; nothing where it is alone."""
    known = {one.model: bad for one in effects if (bad := badness(one, complaint)) is not None}
    return {
        model: sum(_beats(other, bad) for name, other in known.items() if name != model) / (len(known) - 1)
        for model, bad in known.items()
        if len(known) > 1
    }


def _off_zero(value: float, effect: Effect, complaint: str) -> float:
    if complaint in effect.above:
        return value
    return -value if complaint in effect.below else abs(value)


def _beats(better: float, worse: float) -> float:
    return 0.5 if better == worse else float(better < worse)
