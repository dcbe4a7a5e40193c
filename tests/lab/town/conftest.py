"""Two small towns that the tests of this room only read."""

import json
from pathlib import Path
from typing import Any

import pytest

from echoloop.lab.town import Town, TownPlan, write_town


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return write_town(tmp_path_factory.mktemp("town") / "faulty", TownPlan(seed=7, threads=90))


@pytest.fixture(scope="session")
def sound_town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return write_town(tmp_path_factory.mktemp("town") / "sound", TownPlan(seed=7, threads=50, faulty=False))


@pytest.fixture(scope="session")
def lines(town: Town) -> list[dict[str, Any]]:
    return read_lines(town.posts)


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
