"""Training needs more than the rest of the loop: say so before anything fails in the middle of an import."""

from importlib.util import find_spec

from echoloop.records import Mistake


def needs_train() -> None:
    """Raises Mistake where the `train` extra is not installed."""
    missing = [name for name in ("torch", "safetensors", "tokenizers") if find_spec(name) is None]
    if missing:
        raise Mistake(
            f"training needs {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed",
            remedy="Install them: pip install 'echoloop[train]'",
        )
