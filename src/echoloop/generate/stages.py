"""The stages of generate, in order."""

from echoloop.engine import Stage
from echoloop.generate.matching import folders, match_files
from echoloop.generate.outputs import draw_outputs
from echoloop.generate.rewriting import chains, rewriting_prompt, write_rewrites
from echoloop.generate.settings import GenerateSettings, ImageModel
from echoloop.records import FileMatch, Output, Rewrite


def generate_stages(settings: GenerateSettings) -> list[Stage]:
    """Chains read first and folders are looked through; then every benchmark item is answered by every model."""
    first = [_rewrites(settings)] if chains(settings) else []
    second = [_matches(settings)] if folders(settings) else []
    return [*first, *second, _outputs(settings)]


def _rewrites(settings: GenerateSettings) -> Stage:
    return Stage(
        act="generate",
        name="rewrites",
        does="let a vision model write what a painter without eyes can draw from",
        reads=("items",),
        writes=Rewrite,
        run=write_rewrites,
        settings=GenerateSettings(models=tuple(chains(settings))),
        prompts=(rewriting_prompt(),),
        endpoints=tuple(sorted({model.reader for model in chains(settings)})),
    )


def _matches(settings: GenerateSettings) -> Stage:
    return Stage(
        act="generate",
        name="matches",
        does="find the item that each file of a folder is for",
        reads=("items",),
        writes=FileMatch,
        run=match_files,
        settings=GenerateSettings(models=tuple(folders(settings)), samples=settings.samples),
    )


def _outputs(settings: GenerateSettings) -> Stage:
    endpoints = {model.endpoint for model in settings.models if isinstance(model, ImageModel)}
    endpoints |= {model.draws for model in chains(settings)}
    return Stage(
        act="generate",
        name="outputs",
        does="let every model answer every item",
        reads=("items",),
        also=(("rewrites", Rewrite), ("matches", FileMatch)),
        writes=Output,
        run=draw_outputs,
        settings=settings,
        endpoints=tuple(sorted(endpoints)),
    )
