"""What stands in the way of judging an output, and of using what was said. One rule for grades, pairs and canaries."""

from collections.abc import Collection, Iterable

from echoloop.grading import Grade, Preference
from echoloop.records import Answer, Answered, Item, Mistake, Output, Unparsed, Verdict


def obstacle(output: Output, item: Item | None) -> str:
    """Why an output cannot be judged. Never with a reference left out: that would be another question."""
    if output.image is None:
        return f"no picture to judge: {output.state}"
    if item is None:
        return "its item is not in the release"
    if any(image.sha256 is None for image in item.input_images):
        return "a reference picture is not here"
    return ""


def need_own_verdicts(verdicts: Iterable[Verdict], judges: Collection[str]) -> None:
    """Refuse verdicts of judges that the settings do not name: whoever was renamed or left would be taken for silent."""
    strangers = sorted({verdict.judge for verdict in verdicts} - set(judges))
    if strangers:
        raise Mistake(
            f"there are verdicts of {', '.join(strangers)}, and the judges are now {', '.join(judges)}",
            where="the table `verdicts`",
            remedy="Run `echoloop judge` first; what was asked before is not asked again.",
        )


def references(item: Item) -> list[str]:
    """The pictures that came with the prompt, in order."""
    return [image.sha256 for image in item.input_images if image.sha256]


def said(answer: Answer[Grade] | Answer[Preference]) -> str:
    """All that a judge said, also where no score could be read in it."""
    if isinstance(answer, Answered):
        return answer.value.rationale
    return answer.text if isinstance(answer, Unparsed) else ""
