"""Who sees whom, by every kind of attention, forwards and backwards."""

import pytest
import torch
from micro_bagel import MICRO, micro_model, packed_of

from echoloop.train.bagel import Layout, attention_for
from echoloop.train.bagel.attention import FlexAttention
from echoloop.train.bagel.blocks import connected, spans
from echoloop.train.bagel.visibility import visibility

CPU = torch.device("cpu")
LAYOUT = Layout((9, 12, 3), (4, 5, 3, 4, 5, 3), ("causal", "noise", "full", "causal", "noise", "causal"))
MIXED = [
    [("text", 5), ("target", 2)],
    [("clean", 2), ("patches", 3), ("text", 7), ("target", 3)],
    [("patches", 2), ("text", 4), ("answer", 6)],
    [("text", 4), ("target", 2), ("clean", 2), ("text", 3), ("target", 2)],
]


def _seen(layout: Layout) -> list[list[bool]]:
    """The rule, said once more and slowly."""
    tokens: list[tuple[int, int, str]] = []
    for number, splits in enumerate(layout.splits_of_samples()):
        for at, (_, length, mode) in enumerate(splits):
            tokens += [(number, at, mode)] * length
    rows: list[list[bool]] = []
    for q, (sample, split, mode) in enumerate(tokens):
        row: list[bool] = []
        for k, (other, earlier, kind) in enumerate(tokens):
            if sample != other or earlier > split:
                row.append(False)
            elif earlier == split:
                row.append(mode != "causal" or k <= q)
            else:
                row.append(kind != "noise")
        rows.append(row)
    return rows


def test_the_rule_is_what_the_fixture_says():
    places = torch.arange(LAYOUT.length)
    seen = visibility(LAYOUT, CPU)(places[:, None], places[None, :])
    assert seen.tolist() == _seen(LAYOUT)


def _heads(tokens: int, heads: int, seed: int) -> torch.Tensor:
    return torch.randn(tokens, heads, 8, generator=torch.Generator().manual_seed(seed)).requires_grad_()


def _plainly(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    wide = [part.repeat_interleave(2, dim=1).transpose(0, 1) for part in (key, value)]
    scores = query.transpose(0, 1) @ wide[0].transpose(1, 2) / 8**0.5
    weights = scores.masked_fill(~torch.tensor(_seen(LAYOUT)), float("-inf")).softmax(-1)
    return (weights @ wide[1]).transpose(0, 1)


def test_blocks_give_the_numbers_and_gradients_of_a_plain_softmax():
    found: list[list[torch.Tensor]] = []
    for attend in (lambda *heads: attention_for(LAYOUT, CPU)(0, *heads), _plainly):
        heads = _heads(24, 4, 1), _heads(24, 2, 2), _heads(24, 2, 3)
        out = attend(*heads)
        (out * torch.linspace(-1, 1, out.numel()).reshape(out.shape)).sum().backward()
        found.append([out, *(part.grad for part in heads if part.grad is not None)])
    for got, wanted in zip(*found, strict=True):
        torch.testing.assert_close(got, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.filterwarnings("ignore:.*flex_attention")
def test_flex_attention_gives_the_numbers_of_a_plain_softmax():
    """Its way back exists on GPUs alone."""
    heads = [part.detach() for part in (_heads(24, 4, 1), _heads(24, 2, 2), _heads(24, 2, 3))]
    torch.testing.assert_close(FlexAttention(LAYOUT, CPU)(0, *heads), _plainly(*heads), rtol=1e-5, atol=1e-5)


def test_sequences_of_many_lengths_are_attended_as_each_alone():
    lengths = (1, 40, 3, 17, 18, 19, 2, 39)
    own = spans(lengths, CPU)
    query, key, value = (_heads(sum(lengths), 2, seed) for seed in (1, 2, 3))
    together = connected(own, own, None).attend(query, key, value)
    for places in own:
        alone = connected([torch.arange(len(places))], [torch.arange(len(places))], None)
        one = alone.attend(query[places], key[places], value[places])
        torch.testing.assert_close(together[places], one, rtol=1e-5, atol=1e-5)


def _outputs(samples: list[list[tuple[str, int]]], change: int | None = None) -> torch.Tensor:
    """Final hidden states by place; the token at `change` is another one."""
    model, packed = micro_model(), packed_of(samples)
    seen: list[torch.Tensor] = []
    handle = model.language_model.model.register_forward_hook(
        lambda _m, inputs, out: seen.append(inputs[1].join(out))
    )
    if change is not None:
        for index, values in (
            (packed.text_index, packed.text_ids),
            (packed.latent_index, packed.latent_tokens),
            (packed.vit_index, packed.vit_patches),
        ):
            at = (index == change).nonzero().flatten()
            values[at] = (values[at] + 1) % 60 if values.dtype == torch.long else values[at] + 1
    with torch.no_grad():
        model(packed)
    handle.remove()
    return seen[0]


@pytest.mark.parametrize("change", range(packed_of(MIXED).layout.length))
def test_no_token_reaches_what_must_not_see_it(change: int):
    """Leaks: a later token, a noised picture, another sample. Patches of one picture meet in the tower, so all may change."""
    layout = packed_of(MIXED).layout
    mask = torch.tensor(_seen(layout))
    reached = (mask.float().matrix_power(3) > 0)[:, change]
    picture = [
        range(start, start + length)
        for splits in layout.splits_of_samples()
        for start, length, mode in splits
        if mode == "full" and start <= change < start + length
    ]
    for places in picture:
        reached |= (mask.float().matrix_power(3)[:, list(places)] > 0).any(dim=1)
    moved = (_outputs(MIXED) - _outputs(MIXED, change)).abs().amax(dim=1)
    assert moved[~reached].max() == 0
    assert moved[change] > 0


def test_packed_samples_cost_what_each_costs_alone():
    model = micro_model()
    together = model(packed_of(MIXED))
    alone = [model(packed_of([sample])) for sample in MIXED]
    torch.testing.assert_close(together.mse, torch.cat([one.mse for one in alone]), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(together.ce, torch.cat([one.ce for one in alone]), rtol=1e-4, atol=1e-5)


def test_the_order_of_samples_changes_nothing():
    model = micro_model()
    there, back = model(packed_of(MIXED)).mse, model(packed_of(MIXED[::-1])).mse
    assert there.sum().item() == pytest.approx(back.sum().item(), rel=1e-5)


def test_every_weight_gets_a_gradient_also_from_a_pack_without_pictures_or_text():
    """Sharded ranks wait for each other's gradients: a pack must not decide which weights have one."""
    names = {name for name, _ in micro_model().named_parameters()}
    for samples in ([[("text", 5), ("answer", 4)]], [[("target", 2)]]):
        model = micro_model()
        losses = model(packed_of(samples))
        (losses.mse.sum() + losses.ce.sum()).backward()
        assert {name for name, weight in model.named_parameters() if weight.grad is not None} == names


def test_recomputing_activations_changes_no_gradient():
    plain, saving = micro_model().train(), micro_model().train()
    saving.recompute = True
    for model in (plain, saving):
        losses = model(packed_of(MIXED))
        (losses.mse.mean() + losses.ce.mean()).backward()
    for (name, one), other in zip(plain.named_parameters(), saving.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, msg=name)


def test_bfloat16_stays_near():
    packed = packed_of(MIXED)
    exact, half = micro_model(), micro_model().to(torch.bfloat16)
    half.reset_tables()
    with torch.no_grad():
        wanted, got = exact(packed), half(packed)
    assert abs(got.mse.mean() - wanted.mse.mean()) / wanted.mse.mean() < 2e-2
    assert abs(got.ce.mean() - wanted.ce.mean()) / wanted.ce.mean() < 2e-2


def test_tables_are_made_again_after_a_model_without_memory():
    with torch.device("meta"):
        from echoloop.train.bagel import Bagel

        empty = Bagel(MICRO)
    empty.to_empty(device="cpu")
    empty.reset_tables()
    known = micro_model()
    assert torch.equal(empty.latent_pos_embed.pos_embed, known.latent_pos_embed.pos_embed)
    assert torch.equal(empty.vit_pos_embed.pos_embed, known.vit_pos_embed.pos_embed)
