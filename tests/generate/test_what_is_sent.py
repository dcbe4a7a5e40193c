"""What an output says of how it was made is what was sent, and what cannot be sent is not asked for ever."""

import base64
import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from scripted_model import asked, scripted
from stage_runs import store_picture, workspace_of

from echoloop.calls import Endpoint
from echoloop.engine import Progress, Session
from echoloop.generate import GenerateSettings, ImageModel, generate_stages
from echoloop.images import encode_png
from echoloop.records import ImageRef, Item, Output
from echoloop.records.arrow import from_table, to_table
from echoloop.workspace import writing

URL = "https://x.com/i/status/1"
PICTURE = base64.b64encode(encode_png(np.full((6, 9, 3), 77, dtype=np.uint8))).decode()


def item(name: str, *inputs: ImageRef) -> Item:
    return Item(
        id=name,
        split="image_to_image" if inputs else "text_to_image",
        sample=name,
        prompt=f"paint {name}",
        quality="Benchmark",
        input_images=inputs,
        source_posts=(URL,),
    )


def draw(folder: Path, items: list[Item], endpoint: Endpoint, mode: Any = "live") -> tuple[list[Output], Any]:
    models = (ImageModel(name="alder", endpoint="scripted", developer="lab"),)
    with writing(folder / "workspace") as workspace:
        workspace.tables.write("items", to_table(items, Item), Item)
        with Session(workspace, [endpoint], progress=Progress("quiet"), mode=mode) as session:
            (result,) = session.run(generate_stages(GenerateSettings(models=models, seed=5)))
        return from_table(workspace.tables.read("outputs"), Output), result


def test_an_output_names_the_pinned_model_and_what_was_sent(tmp_path: Path) -> None:
    endpoint = msgspec.structs.replace(scripted(tmp_path, [{"draw": PICTURE}]), snapshot="alder-2026-01-01")
    (output,), _ = draw(tmp_path, [item("house")], endpoint)
    assert (output.snapshot, output.seed) == ("alder-2026-01-01", 5)
    assert json.loads(output.parameters) == {"seed": 5}


def test_a_seed_that_is_left_out_is_not_claimed(tmp_path: Path) -> None:
    plain = scripted(tmp_path, [{"draw": PICTURE}])
    endpoint = msgspec.structs.replace(plain, omit=("seed",), parameters={"size": "1024x1024"})
    given = store_picture(tmp_path, np.full((5, 5, 3), 9, dtype=np.uint8))
    (output,), _ = draw(tmp_path, [item("house", given)], endpoint)
    assert output.seed is None
    assert json.loads(output.parameters) == {"size": "1024x1024"}
    (form,) = asked(tmp_path)
    assert "1024x1024" in form
    assert 'name="seed"' not in form


def test_what_cannot_be_sent_is_done_and_needs_no_ledger(tmp_path: Path) -> None:
    endpoint = scripted(tmp_path, [{"draw": PICTURE}])
    sound = store_picture(tmp_path, np.full((5, 5, 3), 9, dtype=np.uint8))
    broken = workspace_of(tmp_path).images.put(b"\x89PNG\r\n\x1a\n and then nothing")
    items = [
        item("sound", sound),
        item("broken", ImageRef(sha256=broken, media_type="image/png")),
        item("absent", ImageRef(sha256=None, absence="too_many_bytes")),
        item("lost", ImageRef(sha256="0" * 64, media_type="image/png")),
    ]
    outputs, first = draw(tmp_path, items, endpoint)
    states = {output.item: output.state for output in outputs}
    assert states == {"sound": "answered", "broken": "failed", "absent": "failed", "lost": "failed"}
    reasons = {output.item: output.reason for output in outputs}
    assert "too_many_bytes" in reasons["absent"]
    assert all(output.cost == 0 for output in outputs if output.state == "failed")
    assert first.unanswered == 0
    _, again = draw(tmp_path, items, endpoint)
    assert again.fresh
    workspace_of(tmp_path).tables.remove("outputs")
    replayed, _ = draw(tmp_path, items, endpoint, mode="offline")
    assert replayed == outputs
    assert len(asked(tmp_path)) == 1


def test_a_release_whose_every_input_is_gone_is_said_and_not_blamed_on_the_server(tmp_path: Path) -> None:
    (output,), result = draw(
        tmp_path, [item("absent", ImageRef(sha256=None, absence="empty"))], scripted(tmp_path, [])
    )
    assert (output.state, result.unanswered) == ("failed", 0)
    assert asked(tmp_path) == []
