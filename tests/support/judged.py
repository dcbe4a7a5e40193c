"""Items, outputs and scripted judges: what tests of judging start from."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from stage_runs import store_picture

from echoloop.judge import Contestant, Judge, JudgeSettings
from echoloop.records import Item, Output, Ranking, Verdict
from echoloop.records.results import ModelRank

URL = "https://x.com/i/status/1"
MODELS = ("alder", "birch", "cedar")
JUDGES = ("one", "two")
AT = datetime(2025, 6, 1, tzinfo=UTC)


def settings_of(
    judges: Sequence[str] = JUDGES, models: Sequence[str] = MODELS, **changes: Any
) -> JudgeSettings:
    """Judges who speak through endpoints of their own names."""
    options: dict[str, Any] = {"resamples": 200, **changes}
    return JudgeSettings(
        judges=tuple(Judge(name=name, endpoint=name, developer=f"dev {name}") for name in judges),
        contestants=tuple(Contestant(name=name, developer=f"dev {name}") for name in models),
        **options,
    )


def benchmark(
    folder: Path,
    items: int = 4,
    states: Mapping[tuple[int, str], str] | None = None,
    models: Sequence[str] = MODELS,
    **fields: Any,
) -> dict[str, Any]:
    """Every model's output for every item, each picture of one grey, unless it is said to be absent."""
    made: list[Item] = []
    outputs: list[Output] = []
    for number in range(items):
        made.append(
            Item(
                id=f"i{number}",
                split="text_to_image",
                sample=f"i{number}",
                prompt=f"paint {number}",
                quality="Benchmark",
                source_posts=(URL,),
                **fields,
            )
        )
        for place, model in enumerate(models):
            state: Any = (states or {}).get((number, model), "answered")
            drawn = store_picture(folder, np.full((8, 8, 3), 40 * place + number, dtype=np.uint8))
            outputs.append(
                Output(
                    id=f"i{number}/{model}/0",
                    item=f"i{number}",
                    model=model,
                    split="text_to_image",
                    state=state,
                    reason="" if state == "answered" else f"it {state}",
                    image=drawn.sha256 if state == "answered" else None,
                    width=8,
                    height=8,
                    brightness=float(place),
                    cost=0.04,
                    source_posts=(URL,),
                )
            )
    return {"items": (Item, made), "outputs": (Output, outputs)}


def verdict(item: str, model: str, judge: str, said: str, score: float | None, repeat: int = 0) -> Verdict:
    """What a judge said of an output."""
    return Verdict(
        id=f"{item}/{model}/0/{judge}/{repeat}",
        output=f"{item}/{model}/0",
        item=item,
        model=model,
        split="text_to_image",
        judge=judge,
        repeat=repeat,
        score=score,
        rationale=said,
        state="unparsed" if score is None else "answered",
        source_posts=(URL,),
    )


def ranking(item: str, rater: str, ranks: Mapping[str, int]) -> Ranking:
    """A person's order."""
    return Ranking(
        id=f"{item}/{rater}",
        item=item,
        rater=rater,
        ranks=tuple(ModelRank(model=model, rank=rank) for model, rank in ranks.items()),
        at=AT,
        source_posts=(URL,),
    )
