"""Perplexity under a tiny model; without weights there is a reason and no number."""

import math
from pathlib import Path

import pytest

from echoloop.curate.analyses import Dataset, perplexity_rows
from echoloop.curate.analyses.perplexity import NotMeasured, open_scorer

ONE = Dataset(name="ours", prompts=("a red boat", "a cat"), languages=(None, None))


def test_without_weights_the_remedy_is_named(tmp_path: Path) -> None:
    (row,) = perplexity_rows([ONE], str(tmp_path / "no-model"))
    assert row.value is None
    assert row.note.startswith("not measured: ")
    assert "run `" in row.note
    with pytest.raises(NotMeasured):
        open_scorer(str(tmp_path / "no-model"))


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
