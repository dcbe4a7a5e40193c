"""As much of diffusers as its documentation promises: two pipelines that paint their arguments."""

from types import SimpleNamespace

from PIL import Image

loaded: list[dict] = []


class _Pipeline:
    def __init__(self, told: dict) -> None:
        self.told = told

    @classmethod
    def from_pretrained(cls, name: str, *, revision: str | None = None, torch_dtype: object = None):
        told = {"class": cls.__name__, "name": name, "revision": revision, "dtype": torch_dtype.name}
        if name == "broken":
            raise OSError("broken does not appear to have a file named model_index.json")
        loaded.append(told)
        return cls(told)

    def to(self, device: str) -> "_Pipeline":
        self.told["device"] = device
        return self

    def enable_model_cpu_offload(self, device: str) -> None:
        self.told["offload"] = device

    def set_progress_bar_config(self, **options: object) -> None:
        self.told["bar"] = options


def _painted(prompt: str, generator: object, width: int, height: int, red: int) -> SimpleNamespace:
    if "explode" in prompt:
        raise RuntimeError("CUDA out of memory")
    picture = Image.new("RGB", (width, height), (red, generator.seed if generator else 0, 9))
    return SimpleNamespace(images=[picture], nsfw_content_detected=["a fight" in prompt])


class WordsPipeline(_Pipeline):
    """Draws from words."""

    def __call__(self, prompt, num_inference_steps=28, width=64, height=64, generator=None):
        return _painted(prompt, generator, width, height, num_inference_steps)


class EditPipeline(_Pipeline):
    """Changes a picture, or several."""

    def __call__(self, image=None, prompt=None, num_inference_steps=28, width=64, height=64, generator=None):
        shown = image if isinstance(image, list) else [image] if image is not None else []
        return _painted(prompt, generator, width, height, shown[0].getpixel((0, 0))[0] if shown else 1)


DiffusionPipeline = EditPipeline
