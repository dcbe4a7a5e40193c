"""What metrics cost beside what they cannot avoid: decoding for colours, one picture at a time for structure.

Colours: pairs of 1024 x 1024 JPEGs against decoding the same files, and memory over many. Structure: a ViT-S/16 with random
weights, in batches against one pair at a time; for eight models against encoding the input again for each.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from echoloop.diagnose import color_shift
from echoloop.diagnose.metrics.structure_distance import self_similarity_distance
from echoloop.diagnose.metrics.vit_keys import VitKeys
from echoloop.images import decode, encode_jpeg

SIDE, FILES, PAIRS, MODELS = 1024, 12, 60, 8


def pictures(count: int, side: int) -> list[np.ndarray]:
    """Smooth colours with grain: about as many bytes as a photograph."""
    rng = np.random.default_rng(0)
    made: list[np.ndarray] = []
    for _ in range(count):
        small = Image.fromarray(rng.integers(0, 255, (48, 48, 3), dtype=np.uint8))
        smooth = np.asarray(small.resize((side, side), Image.Resampling.BICUBIC), np.int16)
        made.append(np.clip(smooth + rng.integers(-8, 8, smooth.shape), 0, 255).astype(np.uint8))
    return made


def colours(folder: Path, pairs: int, many: int) -> None:
    """Time against decoding, taken in turns; then memory over `many` pictures."""
    files: list[Path] = []
    for number, pixels in enumerate(pictures(FILES, SIDE)):
        files.append(folder / f"{number}.jpg")
        files[-1].write_bytes(encode_jpeg(pixels, 90))
    before, after = [files[n % FILES] for n in range(pairs)], [files[(n + 1) % FILES] for n in range(pairs)]
    times: dict[str, list[float]] = {"decode": [], "one thread": [], "two threads": []}
    for _ in range(3):
        begun = time.perf_counter()
        for path in (*before, *after):
            decode(path.read_bytes())
        times["decode"].append(time.perf_counter() - begun)
        for threads, name in ((1, "one thread"), (2, "two threads")):
            begun = time.perf_counter()
            color_shift(before, after, threads=threads)
            times[name].append(time.perf_counter() - begun)
    floor = min(times["decode"])
    print(f"decoding {2 * pairs} JPEGs of {SIDE} x {SIDE}: {1000 * floor / (2 * pairs):.2f} ms each")
    for name in ("one thread", "two threads"):
        print(f"color_shift, {name}: {min(times[name]) / floor:.2f} x decoding (at most 1.3)")
    start = memory()
    color_shift(
        [files[n % FILES] for n in range(many // 2)], [files[(n + 1) % FILES] for n in range(many // 2)]
    )
    print(
        f"color_shift over {many:,} pictures: {memory() - start:+.1f} MiB more than over {2 * pairs} (flat)"
    )


def structure(folder: Path, images: int) -> None:
    """A batch against one by one, and eight models against one input each time."""
    import torch
    from transformers import ViTConfig, ViTModel

    torch.manual_seed(0)
    config = ViTConfig(hidden_size=384, num_attention_heads=6, intermediate_size=1536, patch_size=16)
    ViTModel(config, add_pooling_layer=False).save_pretrained(folder)
    keys, seen = VitKeys(folder, "square"), pictures(images + 1, 256)
    keys(seen[:1])
    begun = time.perf_counter()
    alone = [keys([one])[0] for one in seen]
    one_by_one = time.perf_counter() - begun
    begun = time.perf_counter()
    together = [one for start in range(0, len(seen), 16) for one in keys(seen[start : start + 16])]
    batched = time.perf_counter() - begun
    print(
        f"structure: {1000 * one_by_one / len(seen):.0f} ms a picture one by one, {1000 * batched / len(seen):.0f} ms batched"
    )
    print(f"  batched is {one_by_one / batched:.2f} x as fast (aim 2)")
    print(
        f"  and differs by {max(self_similarity_distance(a, b) for a, b in zip(alone, together, strict=True)):.1e}"
    )
    begun = time.perf_counter()
    for model in range(MODELS):
        keys([seen[0]])
        keys([seen[1 + model % images]])
    pairs = time.perf_counter() - begun
    begun = time.perf_counter()
    keys([seen[0], *(seen[1 + model % images] for model in range(MODELS))])
    once = time.perf_counter() - begun
    print(
        f"  one input and {MODELS} models: {MODELS + 1} encodings instead of {2 * MODELS}, {pairs / once:.2f} x as fast (aim 2)"
    )


def memory() -> float:
    """The most this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """`python bench/metrics.py [PICTURES]`: how many pictures the memory figure is over."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        colours(Path(folder), PAIRS, many)
        structure(Path(folder) / "vit", 31)


if __name__ == "__main__":
    main()
