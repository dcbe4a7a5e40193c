"""A small run to try the engine with: an archive, an endpoint, and collect's stages over them."""

import json
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from echoloop.calls import Budget, Endpoint, Price
from echoloop.collect import (
    CollectSettings,
    FieldSettings,
    Fieldwork,
    Intake,
    IntakeSettings,
    RelevanceSettings,
    open_archives,
    post_stages,
    relevance_stages,
    state_of,
)
from echoloop.engine import EngineSettings, Progress, Session, Stage, StageResult
from echoloop.workspace import forgotten_posts, writing


def toy_endpoint(**options: str) -> Endpoint:
    """The toy model, at one cent a call."""
    return Endpoint(
        name="reader",
        provider="toy",
        model="toy-1",
        factory="toy_model:open_toy",
        factory_options=options,
        price=Price(request=0.01),
        concurrency=4,
        retries=0,
    )


def small_stages(folder: Path, texts: Sequence[str]) -> list[Stage]:
    """collect over an archive with these posts."""
    archive = folder / "posts.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    posts = [
        {"url": f"https://x.com/i/status/{number}", "text": text, "keyword": "paint"}
        for number, text in enumerate(texts)
    ]
    archive.write_text("".join(json.dumps(post) + "\n" for post in posts))
    with writing(folder / "workspace") as workspace, Intake(workspace.sightings) as intake:
        work = Fieldwork(
            intake,
            FieldSettings(),
            {},
            budget=Budget(),
            progress=Progress("quiet"),
            stop=threading.Event(),
            forgotten=forgotten_posts(workspace),
        )
        work.read_archives(open_archives([str(archive)], "echo", None), declared=True)
    state = state_of(workspace.sightings)
    settings = CollectSettings(
        found=IntakeSettings(intake=str(workspace.sightings), digest=state.found, plan=None),
        relevance=RelevanceSettings(subject="Lab Painter", released=date(2025, 3, 25), reader="reader"),
        posts=IntakeSettings(intake=str(workspace.sightings), digest=state.everything, plan=None),
    )
    return [*relevance_stages(settings), *post_stages(settings)[:1]]


def run_small(
    folder: Path,
    stages: Sequence[Stage],
    endpoint: Endpoint,
    engine: EngineSettings | None = None,
    **options: object,
) -> list[StageResult]:
    """Run the stages in `folder/workspace`."""
    with (
        writing(folder / "workspace") as workspace,
        Session(workspace, [endpoint], engine=engine, progress=Progress("quiet"), **options) as session,  # type: ignore[arg-type]
    ):
        return session.run(stages)
