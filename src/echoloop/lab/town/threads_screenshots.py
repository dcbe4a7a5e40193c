"""Threads whose picture is a picture of pictures: a chat with the product, or before and after side by side."""

from echoloop.images import encode_jpeg, encode_png
from echoloop.lab.scenes import Scene, draw
from echoloop.lab.town.defects import spoil_pixels
from echoloop.lab.town.reactions import react
from echoloop.lab.town.storyteller import Shown, Storyteller
from echoloop.lab.town.tasks import Task, draw_task, edit_task
from echoloop.lab.town.threads_sharing import SURE
from echoloop.lab.town.truth import Defect, GoldPicture, ScreenshotKind
from echoloop.lab.town.window_text import as_written
from echoloop.lab.town.windows import Screenshot, chat_window, collage
from echoloop.records import Box

_QUALITY = 95


def tell_chat_screenshot(t: Storyteller) -> None:
    """The prompt is in the window, in the text, or in both; only English has letters in the window."""
    task = edit_task(t.rng, t.language) if t.chance(0.5) else draw_task(t.rng, t.language)
    drawn, defect = t.spoil(task.output, edited=bool(task.inputs))
    legible = t.language == "en"
    silent = legible and t.chance(0.5)
    window = chat_window(
        t.plan.product,
        as_written(task.prompt) if legible else "",
        [draw(scene) for scene in task.inputs],
        spoil_pixels(draw(drawn), defect),
        t.pick((1.0, 1.0, 1.25)),
    )
    caption = t.words(t.book.screenshot)
    text = caption if silent else t.join(caption, t.announce(task.prompt))
    prompt = as_written(task.prompt) if silent else task.prompt
    _tell(t, task, window, "chat", text, prompt, drawn, defect, in_picture=silent)


def tell_collage(t: Storyteller) -> None:
    """Before and after in one file."""
    task = edit_task(t.rng, t.language)
    drawn, defect = t.spoil(task.output, edited=True)
    both = collage(draw(task.inputs[0]), spoil_pixels(draw(drawn), defect), t.pick((4, 8, 12)))
    text = t.join(t.words(t.book.edit_opener), t.words(t.book.collage), t.announce(task.prompt))
    _tell(t, task, both, "collage", text, task.prompt, drawn, defect, in_picture=False)


def _tell(
    t: Storyteller,
    task: Task,
    shot: Screenshot,
    kind: ScreenshotKind,
    text: str,
    prompt: str,
    drawn: Scene,
    defect: Defect | None,
    *,
    in_picture: bool,
) -> None:
    data, ending = (
        (encode_png(shot.pixels), "png") if t.chance(0.5) else (encode_jpeg(shot.pixels, _QUALITY), "jpg")
    )
    image = t.media.attach(data, ending, t.rng)
    shown = (Shown(image=image, defect=defect),)
    root = t.post(text, author=t.talk.newcomer(), shown=shown, score=SURE)
    file = str(image.sha256)
    at = t.sample((root,), prompt)
    t.amend(
        at,
        prompt_in_picture=in_picture,
        is_screenshot=True,
        screenshot_kind=kind,
        screenshot=file,
        input_boxes=shot.input_boxes,
        output_boxes=shot.output_boxes,
        split="image_to_image" if shot.input_boxes else "text_to_image",
    )
    _keep(t, file, shot.input_boxes, task.inputs)
    t.keep_boxed(
        GoldPicture(sha256=file, box=shot.output_boxes[0], role="output", scene=drawn, defect=defect)
    )
    react(t, at, shown, root)


def _keep(t: Storyteller, file: str, boxes: tuple[Box, ...], scenes: tuple[Scene, ...]) -> None:
    for box, scene in zip(boxes, scenes, strict=True):
        t.keep_boxed(GoldPicture(sha256=file, box=box, role="input", scene=scene))
