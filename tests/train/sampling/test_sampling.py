"""Drawing and writing: from the cache as from the whole, alone as in company."""

import math
from itertools import pairwise

import pytest
import torch
from micro_bagel import MICRO, micro_model, packed_of

from echoloop.records import Mistake
from echoloop.train.bagel import Bagel, cut, uncut
from echoloop.train.sampling import Guidance, guided
from echoloop.train.sampling.context import Context
from echoloop.train.sampling.drawing import Canvas, Contexts, draw_latents
from echoloop.train.sampling.segments import CleanPiece, NoisyPiece, PatchPiece, Piece, TextPiece
from echoloop.train.sampling.writing import Writing, write


def _pieces() -> list[Piece]:
    draw = torch.Generator().manual_seed(3)
    return [
        CleanPiece(torch.randn(12, 4, 4, generator=draw)),
        PatchPiece(torch.randn(3, 8, 12, generator=draw)),
        TextPiece([60, 4, 7, 9, 61]),
    ]


def _read(model: Bagel, *sequences: list[Piece]) -> Context:
    context = Context(model, len(sequences))
    for at in range(max(len(pieces) for pieces in sequences)):
        context.read([pieces[at] if at < len(pieces) else None for pieces in sequences])
    return context


def _picture(seed: int, rows: int = 2, columns: int = 3, t: float = 0.6) -> NoisyPiece:
    noise = torch.randn(rows * columns, MICRO.latent_token_dim, generator=torch.Generator().manual_seed(seed))
    return NoisyPiece(noise, rows, columns, t)


def test_velocity_behind_a_cache_is_training_s():
    """The same sample once as a packed sequence, once read piece by piece."""
    model = micro_model().eval()
    packed = packed_of([[("text", 5), ("clean", 2), ("text", 3), ("target", 2)]])
    seen: list[torch.Tensor] = []
    hook = model.llm2vae.register_forward_hook(lambda _m, _i, out: seen.append(out))
    with torch.no_grad():
        model(packed)
    hook.remove()
    t = float(torch.sigmoid(packed.timestep_logit[-1]))
    noisy = (1 - t) * packed.latent_tokens[4:] + t * packed.noise[4:]
    ids = packed.text_ids.tolist()
    context = _read(
        model,
        [
            TextPiece(ids[:5]),
            CleanPiece(uncut(packed.latent_tokens[:4], 2, 2, 2, 12)),
            TextPiece(ids[7:10]),
        ],
    )
    got = context.velocities([NoisyPiece(noisy, 2, 2, t)])[0]
    torch.testing.assert_close(got, seen[0], rtol=1e-4, atol=1e-5)


def test_sequences_in_a_batch_are_what_each_is_alone():
    model, pieces = micro_model().eval(), _pieces()
    mixes: list[list[Piece]] = [pieces, pieces[2:], [pieces[1], pieces[2]], []]
    pictures = [_picture(seed, rows=1 + seed) for seed in range(4)]
    together = _read(model, *mixes)
    batch = together.velocities(pictures)
    for mix, picture, got, position in zip(mixes, pictures, batch, together.position, strict=True):
        alone = _read(model, mix) if mix else Context(model, 1)
        assert alone.position == [position]
        torch.testing.assert_close(got, alone.velocities([picture])[0], rtol=1e-4, atol=1e-5)


def test_drawing_leaves_no_trace_in_the_memory():
    model = micro_model().eval()
    context = _read(model, _pieces())
    before = context.velocities([_picture(1)])[0]
    context.velocities([_picture(2)])
    assert torch.equal(before, context.velocities([_picture(1)])[0])


def test_text_written_token_by_token_is_text_read_at_once():
    model = micro_model().eval()
    context = _read(model, _pieces())
    said = write(context, Writing(most_tokens=6, start=60, stop=61), [0])[0]
    whole = _read(model, [*_pieces(), TextPiece([60, *said, 61])])
    assert whole.position == context.position
    torch.testing.assert_close(
        context.velocities([_picture(5)])[0], whole.velocities([_picture(5)])[0], rtol=1e-4, atol=1e-5
    )


def test_written_text_hangs_on_its_own_seed_alone():
    model = micro_model().eval()
    writing = Writing(most_tokens=12, temperature=1.5, start=60, stop=61)
    several = write(_read(model, _pieces(), _pieces()[2:]), writing, [7, 8])
    assert write(_read(model, _pieces()), writing, [7])[0] == several[0]
    assert write(_read(model, _pieces()[2:]), writing, [8])[0] == several[1]
    assert write(_read(model, _pieces()), writing, [9])[0] != several[0]


def test_a_guidance_of_one_is_the_plain_velocity_at_every_step():
    model = micro_model().eval()
    contexts = Contexts(_read(model, _pieces()), Context(model, 1), None)
    canvas = Canvas(_picture(1).tokens, 2, 3)
    steps: list[torch.Tensor] = []
    plain = Guidance(steps=4, text_scale=1.0)
    end = draw_latents(contexts, [canvas], plain, lambda t, now: steps.append(now[0]))
    x = canvas.noise
    for (t, after), velocity in zip(pairwise(plain.times()), steps, strict=True):
        expected = contexts.whole.velocities([NoisyPiece(x, 2, 3, t)])[0]
        torch.testing.assert_close(velocity, expected)
        x = x - velocity * (t - after)
    torch.testing.assert_close(end[0], x)


def test_guidance_never_lengthens_a_velocity_beyond_the_plain_one():
    draw = torch.Generator().manual_seed(0)
    c, u, w = (torch.randn(6, 8, generator=draw) for _ in range(3))
    for renorm in ("global", "channel"):
        mixed = guided(c, u, w, Guidance(renorm=renorm, text_scale=6.0, image_scale=2.0))
        if renorm == "global":
            assert mixed.norm() <= c.norm() * (1 + 1e-6)
        else:
            assert (mixed.norm(dim=-1) <= c.norm(dim=-1) * (1 + 1e-6)).all()
    text = guided(c, u, None, Guidance(renorm="text_channel"))
    torch.testing.assert_close(text, guided(c, u, None, Guidance(renorm="channel")))


def test_the_interval_is_open_below_and_closed_above():
    guidance = Guidance(interval=(0.4, 0.8))
    assert [guidance.guides(t) for t in (0.4, 0.41, 0.8, 0.81)] == [False, True, True, False]


def test_times_fall_from_one_to_zero():
    times = Guidance(steps=6, shift=3.0).times()
    assert times[0] == 1
    assert times[-1] == 0
    assert all(a > b for a, b in pairwise(times))
    assert math.isclose(times[3], 0.6666667, rel_tol=1e-5)


@pytest.mark.parametrize("fault", [{"steps": 1}, {"interval": (0.7, 0.2)}, {"interval": (-1.0, 1.0)}])
def test_guidance_that_makes_no_sense_is_refused(fault: dict[str, object]):
    with pytest.raises(Mistake):
        Guidance(**fault)  # pyright: ignore[reportArgumentType]


def test_cutting_and_putting_together_are_inverse():
    latent = torch.arange(12 * 4 * 6, dtype=torch.float32).reshape(12, 4, 6)
    tokens = cut(latent, 2)
    assert tokens.shape == (6, 48)
    assert torch.equal(uncut(tokens, 2, 3, 2, 12), latent)
    assert tokens[1].reshape(2, 2, 12)[1, 0].tolist() == latent[:, 1, 2].tolist()
