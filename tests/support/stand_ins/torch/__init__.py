"""As much of torch as a pipeline's caller touches."""


class dtype:  # noqa: N801 - torch's own name
    def __init__(self, name: str) -> None:
        self.name = name


bfloat16, float32 = dtype("bfloat16"), dtype("float32")


class Generator:
    def __init__(self, device: str) -> None:
        self.device = device
        self.seed = 0

    def manual_seed(self, seed: int) -> "Generator":
        self.seed = seed
        return self


class cuda:  # noqa: N801 - torch's own name
    @staticmethod
    def is_available() -> bool:
        return False
