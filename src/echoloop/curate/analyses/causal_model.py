"""A causal language model of Hugging Face, as thin as it can be: what is reckoned with its scores is reckoned elsewhere."""

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 1_024
"""So many tokens of a text are read."""


class NotMeasured(Exception):
    """Why there is no perplexity, and what to run."""


class CausalModel:
    """A causal language model that is in memory."""

    def __init__(self, torch: Any, tokenizer: Any, model: Any) -> None:
        self._torch = torch
        self._tokenizer = tokenizer
        self._model = model.eval()

    def read(self, text: str) -> tuple[list[int], NDArray[np.float32]]:
        """The text's tokens, and the scores from which each was to be foreseen: the first from BOS."""
        tokens: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"][:LONGEST]
        if not tokens:
            return [], np.empty((0, 1), np.float32)
        ids = self._torch.tensor([[self._tokenizer.bos_token_id, *tokens]], device=self._model.device)
        with self._torch.no_grad():
            logits = self._model(input_ids=ids).logits[0, :-1]
        return tokens, logits.float().cpu().numpy()


def open_model(model: str) -> CausalModel:
    """A model whose weights are on this machine, by its name on Hugging Face or by its folder."""
    try:
        torch: Any = importlib.import_module("torch")
        transformers: Any = importlib.import_module("transformers")
    except ImportError as error:
        raise NotMeasured(f"{error.name} is not installed; run `pip install 'echoloop[metrics]'`") from error
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(model, local_files_only=True)
        loaded = transformers.AutoModelForCausalLM.from_pretrained(model, local_files_only=True, dtype="auto")
    except (OSError, ValueError) as error:
        raise NotMeasured(
            f"the weights of {model} are not on this machine; run `hf download {model}`"
        ) from error
    if tokenizer.bos_token_id is None:
        raise NotMeasured(f"the tokenizer of {model} has no BOS; choose another with --model")
    return CausalModel(torch, tokenizer, loaded.to("cuda") if torch.cuda.is_available() else loaded)
