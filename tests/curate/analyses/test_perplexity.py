"""Perplexity by numbers alone, and under a tiny model where torch is; without weights there is a reason and no number."""

import math
from pathlib import Path

import numpy as np
import pytest

from echoloop.curate.analyses import Dataset, perplexity_rows
from echoloop.curate.analyses.causal_model import NotMeasured, open_model
from echoloop.curate.analyses.perplexity import foreseen_tokens, perplexity, perplexity_row

ONE = Dataset(name="ours", prompts=("a red boat", "a cat"), languages=(None, None))


def test_a_text_that_is_foreseen_with_one_chance_in_four_at_each_token_has_perplexity_four() -> None:
    assert perplexity(np.log([0.25, 0.25, 0.25])) == pytest.approx(4.0)
    assert perplexity(np.log([0.5, 0.125])) == pytest.approx(4.0)
    assert perplexity([0.0]) == 1.0
    assert math.isnan(perplexity([]))
    assert perplexity([-5_000.0]) == math.inf


def test_each_token_is_foreseen_from_the_scores_before_it_alone() -> None:
    chances = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    found = foreseen_tokens(np.log(chances) + np.array([[900.0], [-900.0]]), [1, 2])
    assert np.exp(found) == pytest.approx([0.2, 0.8])
    assert foreseen_tokens(np.empty((0, 3)), []).size == 0
    many = np.log(np.tile(chances, (40, 1)))
    assert np.exp(foreseen_tokens(many.astype(np.float32), [1, 2] * 40)) == pytest.approx([0.2, 0.8] * 40)
    with pytest.raises(ValueError, match="one row a token"):
        foreseen_tokens(np.log(chances), [1])


def test_the_mean_is_over_texts_and_not_over_tokens() -> None:
    long, short = perplexity(np.log([0.5] * 30)), perplexity(np.log([0.1]))
    row = perplexity_row("ours", "tiny", [long, short])
    assert row.value == pytest.approx((2 + 10) / 2)
    assert row.low is not None
    assert row.high is not None
    assert row.low <= row.value <= row.high
    assert row.note.startswith("2 texts, each after BOS")


def test_texts_without_a_finite_perplexity_are_left_out_and_counted() -> None:
    row = perplexity_row("ours", "tiny", [math.nan, 3.0, math.inf])
    assert row.value == pytest.approx(3.0)
    assert row.note.startswith("1 of 3 texts")
    assert perplexity_row("ours", "tiny", []).note == "not measured: no text"
    none = perplexity_row("ours", "tiny", [math.nan])
    assert (none.value, none.note) == (None, "not measured: none of 1 texts has a finite perplexity")


def test_without_weights_the_remedy_is_named(tmp_path: Path) -> None:
    (row,) = perplexity_rows([ONE], str(tmp_path / "no-model"))
    assert row.value is None
    assert row.note.startswith("not measured: ")
    assert "run `" in row.note
    with pytest.raises(NotMeasured):
        open_model(str(tmp_path / "no-model"))


def test_a_tiny_model_is_scored_by_the_stated_convention(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    words = ["<s>", "<unk>", "a", "red", "boat", "cat"]
    plain = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="<unk>")
    )
    plain.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=plain, bos_token="<s>", unk_token="<unk>"
    ).save_pretrained(tmp_path)
    torch.manual_seed(0)
    shape = transformers.GPTNeoXConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    model = transformers.GPTNeoXForCausalLM(shape).eval()
    model.save_pretrained(tmp_path)
    (row,) = perplexity_rows([ONE], str(tmp_path))
    expected = []
    for ids in ([0, 2, 3, 4], [0, 2, 5]):
        with torch.no_grad():
            logs = model(input_ids=torch.tensor([ids])).logits[0].log_softmax(-1)
        losses = [-float(logs[place, token]) for place, token in enumerate(ids[1:])]
        expected.append(math.exp(sum(losses) / len(losses)))
    assert row.value == pytest.approx(sum(expected) / 2, rel=1e-4)
