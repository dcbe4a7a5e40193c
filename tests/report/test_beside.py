"""A complaint stands beside the fields that bear it out, and is dark only where a model is worse in what is complained of."""

from typing import Any

from echoloop.records import Complaint, Effect
from echoloop.report.beside import Beside, beside


def complaint(cluster: str, samples: int = 3) -> Complaint:
    return Complaint(
        cluster=cluster,
        keywords=(),
        remarks=samples,
        samples=samples,
        of=10,
        share=samples / 10,
        low=0,
        high=1,
    )


def effect(model: str, field: str, value: float, **more: Any) -> Effect:
    given: dict[str, Any] = {"better": "low", "low": None, "high": None, "measured": 4, "outputs": 5, **more}
    return Effect(metric="color_shift", field=field, model=model, value=value, **given)


EFFECTS = [
    effect(model, field, value, **more)
    for field, more, values in (
        ("earth_mover", {"answers": ("colours changed",)}, (9.0, 8.0)),
        (
            "delta_l",
            {"better": "zero", "answers": ("too bright", "too dark"), "above": ("too bright",), "below": ("too dark",), "place": 1},
            (-9.0, 6.0),
        ),
    )
    for model, value in zip(("night", "noon"), values, strict=True)
]  # fmt: skip


def worse(found: Beside) -> dict[tuple[str, str], list[float | None]]:
    return {
        (row.complaint.cluster, row.field): [cell.worse if cell else None for cell in row.cells]
        for row in found.rows
    }


def test_a_complaint_meets_the_field_that_bears_it_out_and_no_other() -> None:
    found = beside([complaint("too dark"), complaint("too bright"), complaint("strange hands")], EFFECTS)
    assert found.models == ("night", "noon")
    assert worse(found) == {
        ("strange hands", ""): [None, None],
        ("too bright", "delta_l"): [0.0, 1.0],
        ("too dark", "delta_l"): [1.0, 0.0],
    }
    assert found.uncomplained == ()


def test_where_all_are_alike_nobody_is_worse() -> None:
    alike = [effect(model, "cut_off", 0.0, answers=("cropped",)) for model in ("night", "noon")]
    assert worse(beside([complaint("cropped")], alike)) == {("cropped", "cut_off"): [None, None]}


def test_a_metric_is_quiet_only_where_none_of_its_fields_is_complained_of() -> None:
    assert beside([complaint("strange hands")], EFFECTS).uncomplained == ("color_shift",)
    assert beside([complaint("colours changed")], EFFECTS).uncomplained == ()
