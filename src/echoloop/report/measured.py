"""Measured effects, each field on a scale of its own that holds zero."""

from collections.abc import Sequence

import msgspec

from echoloop.records import Better, Effect, EffectStatistic


class EffectRow(msgspec.Struct, frozen=True, kw_only=True):
    """A model's effect and where its marks lie on the scale, as shares of its width. `beyond_zero` means something only where zero
    is best: what counts faults is never below it."""

    effect: Effect
    at: float | None
    start: float | None
    end: float | None
    beyond_zero: bool


class EffectGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One field of one metric over all models, summed up in one way. `zero` is the place of zero on the scale, and
    `first` says that it is what one looks at first of its metric."""

    metric: str
    field: str
    statistic: EffectStatistic
    meaning: str
    better: Better
    first: bool
    zero: float
    rows: tuple[EffectRow, ...]

    @property
    def there(self) -> bool:
        """Whether it was measured on anybody."""
        return any(row.effect.value is not None for row in self.rows)


def effect_groups(effects: Sequence[Effect]) -> list[EffectGroup]:
    """One group a metric, field and statistic."""
    groups: dict[tuple[str, str, EffectStatistic], list[Effect]] = {}
    for effect in sorted(effects, key=lambda one: (one.metric, one.place, one.field, one.statistic)):
        groups.setdefault((effect.metric, effect.field, effect.statistic), []).append(effect)
    return [_group(name, own) for name, own in groups.items()]


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
        meaning=effects[0].meaning,
        better=effects[0].better,
        first=effects[0].place == 0 and statistic == "mean",
        zero=(0.0 - least) / width,
        rows=tuple(
            EffectRow(
                effect=one,
                at=place(one.value),
                start=place(one.low),
                end=place(one.high),
                beyond_zero=_beyond_zero(one),
            )
            for one in sorted(effects, key=lambda one: one.model)
        ),
    )


def _beyond_zero(effect: Effect) -> bool:
    if effect.better != "zero" or effect.low is None or effect.high is None:
        return False
    return effect.low > 0 or effect.high < 0
