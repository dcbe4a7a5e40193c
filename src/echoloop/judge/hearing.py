"""What stands in the way of judging an output. One rule for grades, pairs and canaries."""

from echoloop.grading import Grade, Preference
from echoloop.records import Answer, Answered, Item, Output, Unparsed


def obstacle(output: Output, item: Item | None) -> str:
    """Why an output cannot be judged. Never with a reference left out: that would be another question."""
    if output.image is None:
        return f"no picture to judge: {output.state}"
    if item is None:
        return "its item is not in the release"
    if any(image.sha256 is None for image in item.input_images):
        return "a reference picture is not here"
    return ""


def references(item: Item) -> list[str]:
    """The pictures that came with the prompt, in order."""
    return [image.sha256 for image in item.input_images if image.sha256]


def said(answer: Answer[Grade] | Answer[Preference]) -> str:
    """All that a judge said, also where no score could be read in it."""
    if isinstance(answer, Answered):
        return answer.value.rationale
    return answer.text if isinstance(answer, Unparsed) else ""
