"""Which weights learn."""

from torch import nn

from echoloop.train.bagel import Bagel, is_generation
from echoloop.train.checkpoints import is_table
from echoloop.train.running.lora import add_lora
from echoloop.train.running.settings import Lora, Tuning


def choose(model: Bagel, tuning: Tuning) -> None:
    """Let the chosen weights learn and freeze the others; LoRA adds its own. Position tables never learn."""
    if isinstance(tuning, Lora):
        add_lora(model, tuning)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(_learns(name, tuning))


def learning(model: nn.Module) -> dict[str, nn.Parameter]:
    """The weights that learn, by name."""
    return {name: value for name, value in model.named_parameters() if value.requires_grad}


def _learns(name: str, tuning: Tuning) -> bool:
    if is_table(name):
        return False
    if isinstance(tuning, Lora):
        return name.endswith((".lora_a", ".lora_b"))
    return tuning == "full" or is_generation(name)
