"""Weights: fetched only when asked for, kept with their checksums, and refused when they are not what was fetched."""

from hashlib import sha256
from pathlib import Path

import pytest

from echoloop.cli.diagnose_fetch import Download, fetch_weights, known_weights
from echoloop.diagnose import Weights
from echoloop.diagnose.weights import WeightsDamaged, find_weights, missing_words, seen_as, verified_digest
from echoloop.records import Mistake


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ECHOLOOP_WEIGHTS", str(tmp_path / "cache"))
    (tmp_path / "hub").mkdir()
    return tmp_path / "hub"


def serving(hub: Path, declared: str | None = None):
    def fetch(weights: Weights, file: str) -> Download:
        path = hub / file
        path.write_bytes(f"{weights.hub} {file}".encode())
        return Download(
            path, "c0ffee", sha256(path.read_bytes()).hexdigest() if declared is None else declared
        )

    return fetch


def test_fetched_is_found_and_verified(hub: Path) -> None:
    weights = known_weights()["dino_vits16"]
    assert find_weights(weights, {}) is None
    assert "echoloop diagnose fetch dino_vits16" in missing_words(weights)
    assert seen_as(weights, {}) == ""
    folder = fetch_weights("dino_vits16", fetch=serving(hub))
    assert find_weights(weights, {}) == folder
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "model.safetensors",
        "weights.json",
    ]
    assert verified_digest(weights, folder) == verified_digest(weights, folder)
    assert seen_as(weights, {})


def test_a_damaged_file_is_noticed_when_it_is_loaded(hub: Path) -> None:
    folder = fetch_weights("auraface", fetch=serving(hub))
    (folder / "glintr100.onnx").write_bytes(b"something else")
    with pytest.raises(WeightsDamaged, match="glintr100"):
        verified_digest(known_weights()["auraface"], folder)


def test_what_the_hub_did_not_mean_is_not_kept(hub: Path) -> None:
    with pytest.raises(Mistake, match="another SHA-256"):
        fetch_weights("auraface", fetch=serving(hub, "0" * 64))
    assert find_weights(known_weights()["auraface"], {}) is None


def test_an_unknown_name_says_which_there_are(hub: Path) -> None:
    with pytest.raises(Mistake) as raised:
        fetch_weights("dino_vitg99", fetch=serving(hub))
    assert "auraface, dino_vitb8, dino_vits16" in str(raised.value.remedy)


def test_a_folder_of_ones_own_is_taken_as_it_is(hub: Path) -> None:
    weights = known_weights()["dino_vits16"]
    with pytest.raises(Mistake, match="lacks config"):
        find_weights(weights, {"dino_vits16": str(hub)})
    for file in weights.files:
        (hub / file).write_text(file)
    assert find_weights(weights, {"dino_vits16": str(hub)}) == hub
    first = verified_digest(weights, hub)
    (hub / "config.json").write_text("other")
    assert verified_digest(weights, hub) != first
