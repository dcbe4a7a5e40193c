"""`echoloop train sample`: pictures and answers from a checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from echoloop.cli.messages import say
from echoloop.images import BadImage, Pixels, decode, encode_png
from echoloop.records import Mistake
from echoloop.train.sampling import DrawRequest, Question, Sampler, load
from echoloop.workspace import place_file

_TOGETHER = 8


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the command line asks for."""

    prompts: Sequence[str]
    references: Sequence[Path] = ()
    size: str = ""
    seed: int = 0
    count: int = 1
    think: bool = False


def write_pictures(model: Path, wanted: Wanted, out: Path, device: str, fill: Path | None) -> None:
    """Each picture as `PROMPT-SAMPLE.png` by their numbers, and a line for each."""
    width, height = _size(wanted.size)
    references = tuple(_opened(path) for path in wanted.references)
    requests = [
        DrawRequest(
            prompt=prompt,
            references=references,
            seed=wanted.seed + number,
            width=width,
            height=height,
            thinks=wanted.think,
        )
        for prompt in _prompts(wanted)
        for number in range(wanted.count)
    ]
    sampler = Sampler(load(model, device, fill))
    for start in range(0, len(requests), _TOGETHER):
        for at, drawn in enumerate(sampler.draw(requests[start : start + _TOGETHER]), start=start):
            prompt, number = divmod(at, wanted.count)
            path = out / f"{prompt + 1:03}-{number + 1}.png"
            place_file(path, encode_png(drawn.pixels))
            if drawn.thought:
                say(f"  {drawn.thought}")
            say(f"{path}  {requests[at].prompt}")


def print_answers(model: Path, wanted: Wanted, device: str, fill: Path | None) -> None:
    """Text for each prompt."""
    pictures = tuple(_opened(path) for path in wanted.references)
    sampler = Sampler(load(model, device, fill))
    questions = [Question(text=prompt, pictures=pictures, seed=wanted.seed) for prompt in _prompts(wanted)]
    for answer in sampler.answer(questions):
        say(answer)


def _prompts(wanted: Wanted) -> Sequence[str]:
    if not wanted.prompts or not all(prompt.strip() for prompt in wanted.prompts):
        raise Mistake("there is no prompt", remedy="Say what the picture should show, in quotes.")
    if wanted.count < 1:
        raise Mistake(f"count is {wanted.count}", remedy="Ask for at least one picture.")
    return wanted.prompts


def _opened(path: Path) -> Pixels:
    try:
        return decode(path.read_bytes()).pixels
    except BadImage as fault:
        raise Mistake(f"the reference does not open: {fault}", where=path) from fault


def _size(text: str) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    wide, by, high = text.partition("x")
    if not (by and wide.isdecimal() and high.isdecimal() and int(wide) and int(high)):
        raise Mistake(f"size is {text!r}", remedy="Write it as 1024x1024.")
    return int(wide), int(high)
