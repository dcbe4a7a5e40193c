"""Measured effects, each field on a scale of its own that holds zero."""

from collections.abc import Mapping, Sequence

import msgspec

from echoloop.records import Effect, EffectStatistic

_MEANINGS: Mapping[tuple[str, str], str] = {
    ("color_shift", "delta_b"): "how much yellower (+) or bluer (−) than the input, in CIELAB b*",
    ("color_shift", "delta_l"): "how much brighter (+) or darker (−) than the input, in CIELAB L*",
    ("color_shift", "earth_mover"): "how far the colours moved from the input, 0 to 255",
    ("color_shift", "mean_rgb_distance"): "distance of the mean colours over all pairs together, 0 to 255",
    ("aspect_ratio", "aspect_error"): "how far the shape is from the one asked for; 0.1 is a tenth",
    ("face_similarity", "similarity"): "cosine of the most alike faces of input and output, −1 to 1",
    ("face_similarity", "face_lost"): "share of results in which no face is found any more",
    ("framing", "cut_off"): "share of results whose subject is cut off",
    ("object_count", "count_error"): "difference in number, as a share of the number asked for",
    ("object_count", "miscounted"): "share of the kinds of things with a wrong number",
    (
        "structure_distance",
        "structure_distance",
    ): "how far the layout moved from the input, 0 (not at all) to 4",
    (
        "structure_splice",
        "structure_distance",
    ): "how far the layout moved from the input, 0 (not at all) to 4",
    ("text_ocr", "character_errors"): "share of the quoted letters that a character recogniser does not find",
    ("text_rendering", "rating"): "how well the text is written, as a model rates it, 0.1 to 1",
    ("text_rendering", "faults"): "faults in the text of one picture",
    ("text_rendering", "character_errors"): "share of the wanted letters that are wrong or missing",
}


class EffectRow(msgspec.Struct, frozen=True, kw_only=True):
    """A model's effect and where its marks lie on the scale, as shares of its width."""

    effect: Effect
    at: float | None
    start: float | None
    end: float | None
    beyond_zero: bool


class EffectGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One field of one metric over all models, summed up in one way. `zero` is the place of zero on the scale."""

    metric: str
    field: str
    statistic: EffectStatistic
    meaning: str
    zero: float
    rows: tuple[EffectRow, ...]


def effect_groups(effects: Sequence[Effect]) -> list[EffectGroup]:
    """One group a metric, field and statistic."""
    groups: dict[tuple[str, str, EffectStatistic], list[Effect]] = {}
    for effect in effects:
        groups.setdefault((effect.metric, effect.field, effect.statistic), []).append(effect)
    return [_group(name, groups[name]) for name in sorted(groups)]


def _group(name: tuple[str, str, EffectStatistic], effects: list[Effect]) -> EffectGroup:
    metric, field, statistic = name
    ends = [end for one in effects for end in (one.value, one.low, one.high) if end is not None]
    least, most = min([0.0, *ends]), max([0.0, *ends])
    margin = 0.04 * (most - least) or 1.0
    least, width = least - margin, most - least + 2 * margin

    def place(value: float | None) -> float | None:
        return None if value is None else (value - least) / width

    return EffectGroup(
        metric=metric,
        field=field,
        statistic=statistic,
        meaning=_MEANINGS.get((metric, field), ""),
        zero=(0.0 - least) / width,
        rows=tuple(
            EffectRow(
                effect=one,
                at=place(one.value),
                start=place(one.low),
                end=place(one.high),
                beyond_zero=one.low is not None and one.high is not None and (one.low > 0 or one.high < 0),
            )
            for one in sorted(effects, key=lambda one: one.model)
        ),
    )
