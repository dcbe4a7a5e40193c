import sys
from pathlib import Path

import pytest

from echoloop.calls import BadPrompt, load_prompt


@pytest.fixture
def act(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "act_with_prompts"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "score.md").write_text("version: 3\n\n# Task\nScore it.\n")
    (folder / "bare.md").write_text("# Task\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "act_with_prompts"
    sys.modules.pop("act_with_prompts", None)


def test_a_prompt_is_named_by_version_and_hash(act: str) -> None:
    prompt = load_prompt(act, "score")
    assert prompt.text == "# Task\nScore it."
    assert prompt.id == f"score@3:{prompt.sha256[:12]}"


def test_a_prompt_that_is_missing_or_has_no_version_says_what_to_do(act: str) -> None:
    with pytest.raises(BadPrompt, match=r"no prompt none\.md in act_with_prompts"):
        load_prompt(act, "none")
    with pytest.raises(BadPrompt, match="version: N"):
        load_prompt(act, "bare")
