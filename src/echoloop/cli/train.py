"""`echoloop train`: fine-tune BAGEL, look into checkpoints, draw with them, and prove all of it on a miniature."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from echoloop.cli.groups import LOOP
from echoloop.cli.messages import say, then

train = App(
    name="train",
    group=LOOP,
    sort_key=7,
    help="Fine-tune BAGEL on data like Echo-4o-Image, and draw with what comes out.",
)

Recipe = Literal["echo4o", "echo4o-lora", "tiny"]


@train.command
def demo(
    *, out: Path = Path("miniature"), minutes: float = 12.5, seed: int = 0, controls: bool = False
) -> None:
    """Train a true miniature on the lab's scenes, draw scenes it never saw, and count how many are fully right.

    Parameters
    ----------
    out
        The folder for its data, its run and its pictures; it must not be there yet.
    minutes
        How long to train; data and drawing take a few minutes more.
    seed
        Of its data, its first weights and its noise.
    controls
        Also five seeds against models that cannot know better: untrained weights, and captions that changed places.
        It takes hours.
    """
    from echoloop.cli.train_extra import needs_train

    needs_train()
    if controls:
        from echoloop.cli.train_controls import run_controls

        run_controls(out, minutes)
        return
    from echoloop.cli.train_demo import run_miniature

    run_miniature(out, minutes, seed)
    then(f'`echoloop train sample {out}/model "Draw a red star in the centre, with a night sky behind."`')


@train.command
def run(
    *data: Annotated[str, Parameter(help="Data sets, each a path, or PATH=WEIGHT.")],
    model: Path,
    out: Path,
    recipe: Recipe = "echo4o",
    fill: Path | None = None,
    steps: int | None = None,
    rate: float | None = None,
    accumulate: int | None = None,
    pack: int | None = None,
    precision: Literal["bf16", "fp32"] | None = None,
    generation_only: bool = False,
    compile_layers: Annotated[bool, Parameter(name="--compile")] = False,
    seed: int = 0,
) -> None:
    """Fine-tune a checkpoint. Run it again to go on where it stopped; put `torchrun --no-python` before it for more GPUs.

    Parameters
    ----------
    model
        The checkpoint's folder, as published.
    out
        The run's folder: checkpoints, logs, and at the end the fine-tuned model in the published layout.
    recipe
        echo4o: everything but the autoencoder. echo4o-lora: for few GPUs. tiny: the miniature's.
    fill
        A second checkpoint for weights that the first lacks (published files may lack the vision tower).
    steps
        Instead of the recipe's.
    rate
        Learning rate, instead of the recipe's.
    accumulate
        Packs a process reads for one step, instead of the recipe's.
    pack
        Tokens a pack is filled to, instead of the recipe's.
    precision
        Instead of the recipe's.
    generation_only
        Train what belongs to drawing alone.
    compile_layers
        Compile the layers first.
    seed
        Of the order of the data and of all noise.
    """
    from echoloop.cli.train_extra import needs_train

    needs_train()
    from echoloop.cli.train_running import Wishes, run_training

    wishes = Wishes(
        recipe=recipe,
        steps=steps,
        rate=rate,
        accumulate=accumulate,
        pack=pack,
        precision=precision,
        generation_only=generation_only,
        compile=compile_layers,
        seed=seed,
    )
    run_training(data, model, out, fill, wishes)


@train.command
def inspect(path: Path, /) -> None:
    """Say what a checkpoint holds: its parts, sizes and types, and what BAGEL misses in it. Reads no weights."""
    from echoloop.cli.train_extra import needs_train

    needs_train()
    from echoloop.train.checkpoints import describe
    from echoloop.train.checkpoints import inspect as look

    for line in describe(look(path)):
        say(line)
    then(f"`echoloop train run DATA --model {path} --out RUN` fine-tunes it.")


@train.command
def sample(
    model: Path,
    *prompts: str,
    reference: tuple[Path, ...] = (),
    out: Path = Path("drawn"),
    size: str = "",
    seed: int = 0,
    count: int = 1,
    think: bool = False,
    answer: bool = False,
    device: str = "",
    fill: Path | None = None,
) -> None:
    """Draw each prompt, from the references where there are any, in their order.

    Parameters
    ----------
    model
        A checkpoint's folder.
    reference
        Pictures that the prompts speak of; give it again for more.
    out
        The folder for the pictures.
    size
        Width x height, as 1024x1024; left out: the last reference's, or what the checkpoint is used to.
    seed
        Of the first picture; each further one has the next.
    count
        Pictures for each prompt.
    think
        Let the model write first what it is going to draw.
    answer
        Print text in answer to the prompts, and draw nothing.
    device
        cpu, cuda or cuda:1; left out: a GPU where there is one.
    fill
        A second checkpoint for weights that the first lacks.
    """
    from echoloop.cli.train_extra import needs_train

    needs_train()
    from echoloop.cli.train_sampling import Wanted, print_answers, write_pictures

    wanted = Wanted(prompts=prompts, references=reference, size=size, seed=seed, count=count, think=think)
    if answer:
        print_answers(model, wanted, device, fill)
    else:
        write_pictures(model, wanted, out, device, fill)
    then("`[models.NAME]` in echoloop.toml lets judges see it beside others (docs/train.md).")


@train.command
def export(
    data: Path, out: Path, /, *, layout: Annotated[Literal["omnigen2", "webdataset"], Parameter(name="--as")]
) -> None:
    """Write a data set for another backbone: OmniGen2's JSON Lines, or WebDataset shards as BLIP3-o reads them.

    Parameters
    ----------
    data
        A data set in any layout that `echoloop train run` reads.
    out
        The folder to write; it must not be there yet.
    layout
        Whose layout to write.
    """
    from echoloop.cli.train_extra import needs_train

    needs_train()
    from echoloop.cli.train_exporting import export_data

    export_data(data, out, layout)
    then(f"train on {out} with the other backbone's own code.")
