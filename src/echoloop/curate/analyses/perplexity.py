"""How well a language model foresees the prompts: BOS, exp(mean negative log-likelihood) of each text, mean over texts."""

import importlib
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from echoloop.curate.analyses.rows import Analysis, Dataset
from echoloop.statistics import mean_interval

PYTHIA = "EleutherAI/pythia-12b"
_LONGEST = 1_024


class NotMeasured(Exception):
    """Why there is no perplexity, and what to run."""


def perplexity_rows(datasets: Sequence[Dataset], model: str, *, seed: int = 0) -> Iterator[Analysis]:
    """The mean of each data set, or why it was not measured. Weights are never fetched from here."""
    try:
        scorer = open_scorer(model)
    except NotMeasured as why:
        for one in datasets:
            yield Analysis(
                dataset=one.name, analysis="perplexity", name=model, value=None, note=f"not measured: {why}"
            )
        return
    for one in datasets:
        texts = [prompt for prompt in one.prompts if prompt.strip()]
        scores = np.array([scorer.score(text) for text in texts], dtype=np.float64)
        mean, low, high = mean_interval(scores, seed=seed)
        measured = math.isfinite(mean)
        yield Analysis(
            dataset=one.name,
            analysis="perplexity",
            name=model,
            value=mean if measured else None,
            low=low if measured else None,
            high=high if measured else None,
            note=f"{np.isfinite(scores).sum():,} texts, each after BOS, cut at {_LONGEST:,} tokens"
            if measured
            else "not measured: no text",
        )


class Scorer:
    """A causal language model that is in memory."""

    def __init__(self, torch: Any, tokenizer: Any, model: Any) -> None:
        self._torch = torch
        self._tokenizer = tokenizer
        self._model = model.eval()

    def score(self, text: str) -> float:
        """exp of the mean negative log-likelihood of the text's tokens, the first one foreseen from BOS."""
        tokens = self._tokenizer(text, add_special_tokens=False)["input_ids"][:_LONGEST]
        if not tokens:
            return math.nan
        ids = self._torch.tensor([[self._tokenizer.bos_token_id, *tokens]], device=self._model.device)
        with self._torch.no_grad():
            logits = self._model(input_ids=ids).logits[0, :-1].float()
        return float(self._torch.nn.functional.cross_entropy(logits, ids[0, 1:]).exp())


def open_scorer(model: str) -> Scorer:
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
    return Scorer(torch, tokenizer, loaded.to("cuda") if torch.cuda.is_available() else loaded)
