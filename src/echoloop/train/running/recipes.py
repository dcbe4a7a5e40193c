"""Runs worth repeating, as functions: change a value with `msgspec.structs.replace`."""

from echoloop.train.running.settings import Averaging, Data, Logging, Lora, Optimiser, Saving, Settings


def echo4o() -> Settings:
    """The published fine-tuning on Echo-4o-Image: 24,000 steps at 2e-5, everything but the autoencoder."""
    return Settings(steps=24_000, optimiser=Optimiser(rate=2e-5), saving=Saving(every=1_000, keep=3))


def echo4o_lora() -> Settings:
    """The same data for few GPUs: LoRA on the generation experts, smaller packs, several for a step."""
    return Settings(
        steps=24_000,
        accumulate=4,
        tuning=Lora(rank=64, alpha=64.0),
        data=Data(expected=10_240, most=11_520, sample=10_240),
        optimiser=Optimiser(rate=1e-4, warm_up=500),
        saving=Saving(every=500, keep=3),
    )


def tiny(steps: int = 1_500) -> Settings:
    """The miniature on a processor: small packs, a rate that falls, an average that forgets its beginning."""
    return Settings(
        steps=steps,
        precision="fp32",
        recompute=False,
        data=Data(expected=1_792, most=2_048, sample=1_024),
        optimiser=Optimiser(
            rate=2e-3, betas=(0.9, 0.95), eps=1e-8, warm_up=50, schedule="cosine", lowest=0.02
        ),
        averaging=Averaging(decay=0.999, warm_up=True),
        saving=Saving(every=2_000, keep=1),
        logging=Logging(every=100, tensorboard=False),
    )
