"""What a run needs on each rank, reckoned before it starts, against what is there.

Weights and states are counted exactly. Activations are counted by what the layers keep for the way back: so many vectors of
each width a token, measured on the model itself (`tests/train/running/test_memory.py` measures them again). What a process holds at its peak was
measured by `bench/training.py`; gradients and activations, which are never all there at once, are added up here, and that
about makes up for what the allocator holds in fragments.
"""

import os
from pathlib import Path

import msgspec
import torch

from echoloop.records import Mistake
from echoloop.train.bagel import Bagel, BagelConfig, open_autoencoder
from echoloop.train.running.settings import Lora, Settings
from echoloop.train.running.tuning import choose

_KEPT_WIDTH, _KEPT_QUERY, _KEPT_KEY, _KEPT_INNER = 6, 5, 4, 4  # vectors a token and layer of the backbone
_KEPT_VISION_WIDTH, _KEPT_VISION_INNER = 9, 2
_ON_THE_WAY_BACK_INNER, _ON_THE_WAY_BACK_WIDTH = 3, 4  # gradients of the layer that is being worked on
_LOGITS = 3  # logits, their softmax, their gradient, in float32
_ENCODED_PIXELS_KEPT = 4  # pictures at full size and base width that the autoencoder holds at once
_PIXELS_AT_ONCE = 2 * 1024 * 1024
_ROOM = 0.92  # of what is free; the rest is lost to fragments


class Need(msgspec.Struct, frozen=True):
    """One line of the reckoning."""

    name: str
    bytes: int


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What one rank needs."""

    needs: tuple[Need, ...]
    learning: int
    frozen: int

    @property
    def total(self) -> int:
        return sum(need.bytes for need in self.needs)

    def lines(self) -> list[str]:
        """For a person."""
        width = max(len(need.name) for need in self.needs)
        head = f"memory a rank: {_size(self.total)} ({self.learning:,} weights learn, {self.frozen:,} are frozen)"
        return [
            head,
            *(f"  {need.name:<{width}}  {_size(need.bytes):>9}" for need in self.needs if need.bytes),
        ]


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """A pack as memory sees it. `longest`: of the sample that a token sits in, on average. Shares are of its tokens."""

    tokens: int
    longest: int
    vision: float = 0.3
    learned_text: float = 0.25


def estimate(
    config: BagelConfig, settings: Settings, *, ranks: int, shards: int, device: str, pack: Pack | None = None
) -> Estimate:
    """The reckoning for one rank. `shards`: over how many ranks the weights are spread."""
    with torch.device("meta"):
        model = Bagel(config)
        codec = open_autoencoder(config.vae)
    choose(model, settings.tuning)
    learning = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    frozen = sum(weight.numel() for weight in model.parameters() if not weight.requires_grad)
    small = 2 if settings.precision == "bf16" else 4
    sharded = ranks > 1 or settings.precision == "bf16"
    tables = sum(table.numel() for table in model.buffers()) * 4
    autoencoder = sum(weight.numel() for weight in codec.parameters()) * 4
    pack = pack or Pack(tokens=settings.data.most, longest=settings.data.sample)
    needs = [
        Need("weights", (4 * learning + small * frozen) // shards + tables),
        Need("gradients", 4 * learning // shards),
        Need("moments of AdamW", 8 * learning // shards),
        Need("moving average", 4 * learning // shards),
        Need("weights gathered for a layer", _gathered(model, small) if sharded else 0),
        Need("activations", _activations(config, pack, small, settings.recompute, device)),
        Need("logits", int(_LOGITS * 4 * pack.tokens * pack.learned_text * config.llm.vocab_size)),
        Need("pack", _pack_bytes(config, pack)),
        Need("autoencoder", autoencoder + _encoding(config, small)),
    ]
    return Estimate(needs=tuple(needs), learning=learning, frozen=frozen)


def available(device: torch.device, local_ranks: int = 1) -> int:
    """Bytes that this rank can have."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    free = [_meminfo()]
    for now, most in (
        ("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.max"),
        ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    ):
        if Path(most).exists() and (limit := Path(most).read_text().strip()).isdigit():
            free.append(int(limit) - int(Path(now).read_text()))
    return max(0, min(free)) // max(1, local_ranks)


def refuse(
    needed: Estimate,
    free: int,
    config: BagelConfig,
    settings: Settings,
    *,
    ranks: int,
    shards: int,
    device: str,
) -> None:
    """Raises Mistake where it will not fit, with what would."""
    if needed.total <= free * _ROOM:
        return
    fits: list[str] = []
    for words, other, more in _alternatives(settings):
        total = estimate(config, other, ranks=ranks * more, shards=shards * more, device=device).total
        if total <= free * _ROOM:
            fits.append(f"{words} ({_size(total)})")
    advice = (
        "What would fit: " + "; ".join(fits) + "." if fits else "Nothing of what can be set would fit here."
    )
    raise Mistake(
        f"a rank needs about {_size(needed.total)}, and {_size(free)} are free",
        where=f"{settings.precision}, tuning {_tuning_name(settings)}, {settings.data.most:,} tokens a pack, {ranks} ranks",
        remedy=advice,
    )


def _alternatives(settings: Settings) -> list[tuple[str, Settings, int]]:
    """Ways to need less: words, settings, times as many ranks."""
    change = msgspec.structs.replace
    data = settings.data
    small = change(data, expected=data.expected // 3, most=data.most // 3, sample=data.sample // 3)
    lora = change(settings, tuning=Lora(), recompute=True)
    ways = [
        ("activations made again on the way back", change(settings, recompute=True), 1),
        (
            f"--pack {small.expected} --accumulate {settings.accumulate * 3}",
            change(settings, data=small),
            1,
        ),
        ("--precision bf16", change(settings, precision="bf16"), 1),
        ("--generation-only", change(settings, tuning="generation", recompute=True), 1),
        ("LoRA with packs as large", lora, 1),
        ("LoRA with smaller packs, --recipe echo4o-lora", change(lora, precision="bf16", data=small), 1),
        ("8 times as many ranks", settings, 8),
    ]
    return [way for way in ways if way[1] != settings or way[2] > 1]


def _gathered(model: Bagel, small: int) -> int:
    """The largest layer twice (the next one is fetched ahead) with its gradients, and what belongs to no layer."""
    blocks = [sum(weight.numel() for weight in block.parameters()) for block in model.blocks]
    rest = sum(weight.numel() for weight in model.parameters()) - sum(blocks)
    return small * (3 * max(blocks, default=0) + 2 * rest)


def _activations(config: BagelConfig, pack: Pack, small: int, recompute: bool, device: str) -> int:
    llm, vit = config.llm, config.vit
    query, key = llm.num_attention_heads * llm.head_dim, llm.num_key_value_heads * llm.head_dim
    width, inner = llm.hidden_size, llm.intermediate_size
    layer = _KEPT_WIDTH * width + _KEPT_QUERY * query + _KEPT_KEY * key + _KEPT_INNER * inner
    masks = 4 * pack.longest if device == "cpu" else 0  # SDPA's mask as numbers; FlexAttention has none
    back = _ON_THE_WAY_BACK_INNER * inner + _ON_THE_WAY_BACK_WIDTH * width
    vision = _KEPT_VISION_WIDTH * vit.hidden_size + _KEPT_VISION_INNER * vit.intermediate_size
    seen = pack.tokens * pack.vision
    if recompute:
        layers = small * (llm.num_hidden_layers * width + layer + back) + masks
        tower = small * (vit.num_hidden_layers * vit.hidden_size + vision)
    else:
        layers = llm.num_hidden_layers * (small * layer + masks) + small * back
        tower = small * vit.num_hidden_layers * vision
    ends = small * 6 * width  # inputs, final norms
    return int(pack.tokens * (layers + ends) + seen * tower)


def _pack_bytes(config: BagelConfig, pack: Pack) -> int:
    """Latents, noise and squared errors; pixels."""
    patch = config.vit.patch_size**2 * config.vit.num_channels
    pixels = 3 * config.pixels_per_latent_token**2
    return int(4 * pack.tokens * (8 * config.latent_token_dim + pixels + pack.vision * patch))


def _encoding(config: BagelConfig, small: int) -> int:
    if config.vae.kind == "patches":
        return 0
    side = config.max_latent_size * config.pixels_per_latent_token
    return _ENCODED_PIXELS_KEPT * small * config.vae.base_channels * max(_PIXELS_AT_ONCE, side * side)


def _meminfo() -> int:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _tuning_name(settings: Settings) -> str:
    return f"LoRA of rank {settings.tuning.rank}" if isinstance(settings.tuning, Lora) else settings.tuning


def _size(count: int) -> str:
    return f"{count / 1e9:,.2f} GB" if count >= 100_000_000 else f"{count / 1e6:,.1f} MB"
