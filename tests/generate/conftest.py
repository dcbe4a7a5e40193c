"""Programs in tests draw at once: waiting for them is cut short."""

import pytest


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("echoloop.generate.commands.shift._QUIET", 0.2)
    monkeypatch.setattr("echoloop.generate.commands.shift._LOOK_EVERY", 0.05)
