"""What does a step of training cost, and does it need the memory that was reckoned?

One model, the mix of `sizes.json` with every picture a quarter as wide and high in tokens (and a quarter of its text), so that a
processor manages: tokens/s of whole steps on packed sequences against the same samples in batches padded to their longest (the
padding is computed and masked); compiled against eager; peak memory of two steps, each kind of run in a process of its own,
against the estimate. Where a GPU is, the share of its bf16 peak that a model of about 1.5 B parameters reaches at full size.
Usage: python bench/training.py [--packs 4] [--rounds 2] [--no-compile] [--peak PEAK] (PEAK: the bf16 peak of the GPU in TFLOP/s)
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import nn

from _sizes import Drawn, draw
from echoloop.train.bagel import (
    Bagel,
    BagelConfig,
    LlmConfig,
    Packed,
    TokenIds,
    VaeConfig,
    VitConfig,
    open_autoencoder,
)
from echoloop.train.data import ImageSplit, Sample, TextSplit, Tiling, Unencoded, collate, sample_length
from echoloop.train.data.packing import pack_lengths
from echoloop.train.data.transforms import LATENTS, PATCHES, Sizes
from echoloop.train.running import (
    Data,
    Logging,
    Lora,
    Optimiser,
    Pack,
    Saving,
    Settings,
    Start,
    build,
    encode,
    estimate,
    joined,
    train,
)
from echoloop.train.running.optimising import clip, open_optimiser

SHRUNK = 4
BUDGET = 32_768 // SHRUNK**2
TOKENS = TokenIds(bos=2_000, eos=2_001, start_of_image=2_002, end_of_image=2_003)
PACKED_BOUND, MEMORY_BOUND, FLOPS_GOAL = 1.8, 0.15, 0.40
SMALL = BagelConfig(
    llm=LlmConfig(
        hidden_size=256,
        num_hidden_layers=6,
        num_attention_heads=8,
        num_key_value_heads=2,
        head_dim=32,
        intermediate_size=1_024,
        vocab_size=2_048,
    ),
    vit=VitConfig(
        hidden_size=192, num_hidden_layers=4, num_attention_heads=6, intermediate_size=512, patch_size=8
    ),
    vae=VaeConfig(kind="patches", latent_channels=48, downsample=4, scale_factor=1.0, shift_factor=0.0),
    tokens=TOKENS,
    latent_patch_size=2,
    max_latent_size=64,
    vit_max_num_patch_per_side=64,
)
LARGE = msgspec.structs.replace(  # about 1.5 B: half of them generation experts
    SMALL,
    llm=LlmConfig(
        hidden_size=1_536,
        num_hidden_layers=16,
        num_attention_heads=12,
        num_key_value_heads=2,
        intermediate_size=8_960,
        vocab_size=32_768,
    ),
    vit=VitConfig(hidden_size=768, num_hidden_layers=8, num_attention_heads=12, intermediate_size=3_072),
    vae=VaeConfig(kind="patches", latent_channels=192, downsample=8, scale_factor=1.0, shift_factor=0.0),
    vit_max_num_patch_per_side=70,
    max_latent_size=96,
)


def samples(drawn: Sequence[Drawn], config: BagelConfig, shrunk: int) -> list[Sample]:
    """The mix as samples of random pixels, every grid of tokens smaller by `shrunk` on each side."""
    rng = np.random.default_rng(0)
    latent, patch = config.pixels_per_latent_token, config.vit.patch_size
    made: list[Sample] = []
    for number, one in enumerate(drawn):
        splits: list[TextSplit | ImageSplit] = []
        for size in one.references:
            splits.append(ImageSplit(pixels=picture(size, LATENTS, latent, shrunk, rng), seen="clean"))
            splits.append(ImageSplit(pixels=picture(size, PATCHES, patch, shrunk, rng), seen="patches"))
        ids = rng.integers(0, TOKENS.bos, max(3, one.text // shrunk))
        splits.append(TextSplit(ids=ids))
        splits.append(ImageSplit(pixels=picture(one.output, LATENTS, latent, shrunk, rng), seen="target"))
        made.append(Sample(splits=tuple(splits), name=str(number)))
    return made


def picture(
    size: tuple[int, int], sizes: Sizes, side: int, shrunk: int, rng: np.random.Generator
) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    width, height = (pixels // sizes.stride // shrunk * side for pixels in sizes.fit(*size))
    return rng.integers(0, 256, (height, width, 3), dtype=np.uint8)


def tiling(config: BagelConfig) -> Tiling:
    return Tiling(patch=config.vit.patch_size, latent=config.pixels_per_latent_token)


def packs_of(made: Sequence[Sample], config: BagelConfig, budget: int) -> list[list[Sample]]:
    lengths = np.array([sample_length(one.splits, tiling(config)) for one in made])
    numbers = pack_lengths(lengths, budget, 50)
    packs: list[list[Sample]] = [[] for _ in range(int(numbers.max()) + 1)]
    for one, number in zip(made, numbers, strict=True):
        packs[number].append(one)
    return packs


def padded(batch: Sequence[Sample], config: BagelConfig) -> list[Sample]:
    """Each sample filled up to the longest with tokens that are computed, that nobody else sees, and nothing is learned from."""
    lengths = [sample_length(one.splits, tiling(config)) for one in batch]
    filling = [TextSplit(ids=np.full(max(lengths) - length, TOKENS.eos)) for length in lengths]
    return [
        Sample(splits=(*one.splits, fill), name=one.name) if len(fill.ids) else one
        for one, fill in zip(batch, filling, strict=True)
    ]


def ready(batch: Sequence[Sample], config: BagelConfig, device: torch.device) -> Packed:
    pack = collate(batch, [(0, place) for place in range(len(batch))], config)
    return encode(pack, open_autoencoder(config.vae), config, device, "fp32")


class Stepping:
    """A model and its optimiser; `step` is a whole step on one sequence."""

    def __init__(self, model: Bagel) -> None:
        self.model = model
        self.weights = dict(model.named_parameters())
        self.optimiser = open_optimiser(self.weights, Optimiser())

    def step(self, packed: Packed) -> None:
        self.model(packed).mse.mean().backward()
        clip(self.weights, 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()


def small_model(*, compiled: bool = False) -> Bagel:
    torch.manual_seed(0)
    model = Bagel(SMALL).train()
    if compiled:
        for block in model.blocks:
            block.compile()
    return model


def seconds(work: Callable[[Packed], None], sequences: Sequence[Packed], rounds: int) -> float:
    """Of all sequences once, the median of the rounds; one round before is not counted."""
    times: list[float] = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        for packed in sequences:
            work(packed)
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def bench_packing(packs: int, rounds: int) -> None:
    drawn, _ = draw(4_000, seed=1)
    made = samples(drawn, SMALL, SHRUNK)
    full = packs_of(made, SMALL, BUDGET)[:packs]
    chosen = sorted((one for pack in full for one in pack), key=lambda one: int(one.name))
    at_once = max(1, len(chosen) // packs)
    batches = [padded(chosen[at : at + at_once], SMALL) for at in range(0, len(chosen), at_once)]
    device = torch.device("cpu")
    stepping = Stepping(small_model())
    real = sum(sample_length(one.splits, tiling(SMALL)) for one in chosen)
    computed = sum(sample_length(one.splits, tiling(SMALL)) for batch in batches for one in batch)
    dense = seconds(stepping.step, [ready(pack, SMALL, device) for pack in full], rounds)
    loose = seconds(stepping.step, [ready(batch, SMALL, device) for batch in batches], rounds)
    ratio = loose / dense
    print(
        f"packed: {real / dense:,.0f} tokens/s in {len(full)} sequences of {BUDGET:,}, "
        f"{real / len(full) / BUDGET:.1%} full\n"
        f"padded: {real / loose:,.0f} tokens/s in {len(batches)} batches of {at_once}, "
        f"{1 - real / computed:.0%} of {computed:,} tokens are padding\n"
        f"packed against padded: {ratio:.2f} x ({'within' if ratio >= PACKED_BOUND else 'BELOW'} the bound of {PACKED_BOUND})"
    )


def bench_compile(packs: int, rounds: int) -> None:
    drawn, _ = draw(2_000, seed=1)
    device = torch.device("cpu")
    sequences = [
        ready(pack, SMALL, device) for pack in packs_of(samples(drawn, SMALL, SHRUNK), SMALL, BUDGET)[:packs]
    ]
    eager = seconds(Stepping(small_model()).step, sequences, rounds)
    began = time.perf_counter()
    try:
        compiled = seconds(Stepping(small_model(compiled=True)).step, sequences, rounds)
    except RuntimeError as error:
        print(f"compiled: not available here ({str(error).splitlines()[0]})")
        return
    print(
        f"compiled against eager: {eager / compiled:.2f} x "
        f"({time.perf_counter() - began - compiled * rounds:.0f} s to compile)"
    )


KINDS: dict[str, dict[str, object]] = {
    "full": {},
    "full, recompute": {"recompute": True},
    "generation": {"tuning": "generation"},
    "LoRA": {"tuning": Lora(rank=16, alpha=16.0)},
}


def settings_of(kind: str) -> Settings:
    settings = Settings(
        steps=2,
        precision="fp32",
        recompute=False,
        data=Data(expected=BUDGET, most=BUDGET, sample=BUDGET),
        optimiser=Optimiser(warm_up=0),
        saving=Saving(every=10),
        logging=Logging(tensorboard=False, samples=False),
    )
    return msgspec.structs.replace(settings, **KINDS[kind])


def measured_pack() -> list[Sample]:
    drawn, _ = draw(1_000, seed=2)
    return packs_of(samples(drawn, SMALL, SHRUNK), SMALL, BUDGET)[0]


def peak_here(kind: str) -> None:
    """In a process of its own: the peak above what Python and its libraries take, and the estimate, as JSON."""
    samples_ = measured_pack()
    pack = collate(samples_, [(0, place) for place in range(len(samples_))], SMALL)
    lengths = pack.packed.layout

    def feed(rank: int, ranks: int, positions: Sequence[str]) -> Iterator[tuple[Unencoded, str]]:
        while True:
            yield pack, ""

    seen = Pack(
        tokens=lengths.length,
        longest=sum(length**2 for length in lengths.sample_lens) // lengths.length,
        vision=len(pack.packed.vit_index) / lengths.length,
        learned_text=len(pack.packed.ce_index) / lengths.length,
    )
    before = memory_now()
    Path("/proc/self/clear_refs").write_text("5")
    settings = settings_of(kind)
    with tempfile.TemporaryDirectory() as folder:
        train(Start(SMALL), settings, open_autoencoder(SMALL.vae), feed, Path(folder), lambda _: None)
    needed = estimate(SMALL, settings, ranks=1, shards=1, device="cpu", pack=seen)
    print(
        json.dumps({"peak": memory_now("VmHWM") - before, "estimate": needed.total, "lines": needed.lines()})
    )


def memory_now(name: str = "VmRSS") -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


def bench_memory() -> None:
    for kind in KINDS:
        command = [sys.executable, __file__, "--peak-of", kind]
        said = json.loads(
            subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        )
        ratio = said["estimate"] / said["peak"]
        verdict = "within" if abs(ratio - 1) <= MEMORY_BOUND else "OUTSIDE"
        print(
            f"memory, {kind}: estimate {said['estimate'] / 1e6:,.0f} MB, measured {said['peak'] / 1e6:,.0f} MB, "
            f"{ratio:.2f} x ({verdict} the bound of {MEMORY_BOUND:.0%})"
        )


def bench_gpu(rounds: int, peak: float) -> None:
    """Model FLOPs: two for each weight that a token meets, six with the way back, and the attention that may be seen."""
    drawn, _ = draw(200, seed=3)
    packs = packs_of(samples(drawn, LARGE, 1), LARGE, 32_768)[:4]
    settings = Settings(steps=1, precision="bf16", recompute=False, compile=True)
    with joined(sharded=True) as ranks:
        sequences = [ready(pack, LARGE, ranks.device) for pack in packs]
        model = build(Start(LARGE), settings, ranks, print)
        took = seconds(Stepping(model).step, sequences, rounds)
    flops = sum(model_flops(model, packed) for packed in sequences)
    tokens = sum(packed.layout.length for packed in sequences)
    share = flops / took / (peak * 1e12)
    print(
        f"{torch.cuda.get_device_name()}: {sum(weight.numel() for weight in model.parameters()) / 1e9:.2f} B parameters, "
        f"{tokens / took:,.0f} tokens/s, {flops / took / 1e12:,.0f} TFLOP/s, {share:.1%} of {peak:,.0f} "
        f"({'within' if share >= FLOPS_GOAL else 'BELOW'} the goal of {FLOPS_GOAL:.0%}); "
        f"peak memory {torch.cuda.max_memory_allocated() / 1e9:.1f} GB"
    )


def model_flops(model: Bagel, packed: Packed) -> float:
    """Of one step. Each token meets one of both experts, which are of one size; recomputation is not counted."""
    llm, vit = model.config.llm, model.config.vit
    layers = model.language_model.model.layers
    met = sum(weight.numel() for weight in linear_weights(layers)) / 2
    tower = sum(weight.numel() for weight in linear_weights(model.vit_model)) + sum(
        weight.numel() for weight in linear_weights(model.connector)
    )
    ends = sum(
        weight.numel() for module in (model.vae2llm, model.llm2vae) for weight in linear_weights(module)
    )
    seen = sum(visible(packed)) * 4 * llm.num_attention_heads * llm.head_dim * llm.num_hidden_layers
    seen += sum(length**2 for length in packed.vit_image_lens) * 4 * vit.hidden_size * vit.num_hidden_layers
    dense = met * packed.layout.length + tower * len(packed.vit_index) + ends * len(packed.latent_index)
    return 3 * (2 * dense + seen)


def linear_weights(module: nn.Module) -> list[nn.Parameter]:
    return [one.weight for one in module.modules() if isinstance(one, nn.Linear)]


def visible(packed: Packed) -> Iterator[int]:
    """Pairs of tokens that may see each other, sample by sample."""
    for splits in packed.layout.splits_of_samples():
        shown = 0
        for _, length, mode in splits:
            yield length * shown + (length * (length + 1) // 2 if mode == "causal" else length**2)
            shown += 0 if mode == "noise" else length


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--peak", type=float, default=989.0)
    parser.add_argument("--peak-of", choices=sorted(KINDS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak_of:
        peak_here(options.peak_of)
        return
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    bench_packing(options.packs, options.rounds)
    bench_memory()
    if not options.no_compile:
        bench_compile(options.packs, options.rounds)
    if torch.cuda.is_available():
        bench_gpu(options.rounds, options.peak)
    else:
        print("no GPU here: the share of its peak is not measured")


if __name__ == "__main__":
    main()
