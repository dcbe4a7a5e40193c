"""Our model against numbers of the public reference, through the fixture's own checker."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

# The fixture's checker is a script: it leaves the files it reads for the interpreter to close.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

HERE = Path(__file__).parent
FIXTURE = HERE / "fixture"


@pytest.fixture(scope="module")
def check() -> ModuleType:
    return _module("parity_check", FIXTURE / "check.py")


@pytest.fixture(scope="module")
def adapter() -> ModuleType:
    return _module("parity_adapter", HERE / "adapter.py")


def test_every_quantity_of_the_fixture_is_within_its_tolerance(
    check: ModuleType, adapter: ModuleType, capsys: pytest.CaptureFixture[str]
):
    config = json.loads((FIXTURE / "config.json").read_text())
    report = check.compare(adapter, config, check.make_weights(), FIXTURE)
    lines = capsys.readouterr().out
    assert report.failed == 0, lines
    assert len(report.rows) == 66


def test_the_checker_sees_a_weight_that_is_two_percent_off(
    check: ModuleType, adapter: ModuleType, capsys: pytest.CaptureFixture[str]
):
    config = json.loads((FIXTURE / "config.json").read_text())
    weights = check.make_weights()
    weights["ema"]["vit_model.vision_model.encoder.layers.0.mlp.fc1.weight"] *= 1.02
    report = check.compare(adapter, config, weights, FIXTURE)
    assert report.failed > 0, capsys.readouterr().out


def _module(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
