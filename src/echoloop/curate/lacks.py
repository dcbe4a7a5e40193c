"""What a sample lacks to be a benchmark item: a whole task, its prompt, and a picture that came of it."""

from echoloop.curate.absences import NOT_HERE
from echoloop.records import Sample


def lack(sample: Sample) -> str:
    """What is missing, in words; nothing for a sample that could be an item."""
    if sample.quality != "Benchmark":
        return NOT_HERE if sample.quality_reason == NOT_HERE else f"its quality is {sample.quality}"
    if not sample.prompt.strip():
        return "it has no prompt"
    return "" if sample.output_images else "it has no output picture"
