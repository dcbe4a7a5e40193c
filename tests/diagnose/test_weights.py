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
    folder = fetch_weights("dino_vits16", fetch=serving(hub))
    (folder / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(WeightsDamaged, match=r"model\.safetensors"):
        verified_digest(known_weights()["dino_vits16"], folder)


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        pytest.param("dino_vits16", "0" * 64, id="the hub declares another"),
        pytest.param(
            "auraface", None, id="the hub declares what it serves, and it is not what is pinned here"
        ),
    ],
)
def test_a_file_that_is_not_the_one_meant_is_not_kept(hub: Path, name: str, declared: str | None) -> None:
    with pytest.raises(Mistake, match="another SHA-256"):
        fetch_weights(name, fetch=serving(hub, declared))
    assert find_weights(known_weights()[name], {}) is None


def test_an_unknown_name_says_which_there_are(hub: Path) -> None:
    with pytest.raises(Mistake) as raised:
        fetch_weights("dino_vitg99", fetch=serving(hub))
    assert "auraface, dino_vitb8, dino_vits16" in str(raised.value.remedy)


@pytest.mark.parametrize("name", ["dino_vits16", "auraface"])
def test_a_folder_of_ones_own_is_taken_as_it_is(hub: Path, name: str) -> None:
    weights = known_weights()[name]
    with pytest.raises(Mistake, match=f"lacks {weights.files[0]}"):
        find_weights(weights, {name: str(hub)})
    for file in weights.files:
        (hub / file).write_text(file)
    assert find_weights(weights, {name: str(hub)}) == hub
    first = verified_digest(weights, hub)
    (hub / weights.files[0]).write_text("other")
    assert verified_digest(weights, hub) != first
