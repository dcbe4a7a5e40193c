"""What kind of task a prompt is, so that a split is drawn from all kinds. Names that a model finds may take its place."""

from collections import Counter
from collections.abc import Sequence

from echoloop.curate.near_prompts import opening

OTHER_TASKS = "other"
_LEAST_SHARE = 0.05


def task_clusters(prompts: Sequence[str]) -> list[str]:
    """The first two words of each prompt, where at least one in twenty begins so; else "other". No keyword decides."""
    openings = [opening(prompt) for prompt in prompts]
    common = {
        words
        for words, count in Counter(openings).items()
        if words and count > 1 and count >= _LEAST_SHARE * len(prompts)
    }
    return [words if words in common else OTHER_TASKS for words in openings]
