"""The activation functions that published configurations name."""

from collections.abc import Callable
from functools import partial

import torch.nn.functional as F
from torch import Tensor

from echoloop.records import Mistake


def activation(name: str) -> Callable[[Tensor], Tensor]:
    """The function of this name. Raises Mistake for one that no such model uses."""
    match name:
        case "silu" | "swish":
            return F.silu
        case "gelu":
            return F.gelu
        case "gelu_tanh" | "gelu_pytorch_tanh" | "gelu_new":
            return partial(F.gelu, approximate="tanh")
        case _:
            raise Mistake(
                f"the activation {name!r} is not known",
                remedy="Name silu, gelu or gelu_pytorch_tanh in the checkpoint's configuration.",
            )
