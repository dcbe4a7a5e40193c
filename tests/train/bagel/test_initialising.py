"""Weights to begin with: what the model adds together has one scale."""

import torch
from micro_bagel import MICRO, packed_of

from echoloop.train.bagel import Bagel, initialise


@torch.no_grad()
def test_every_part_of_a_token_s_input_has_about_unit_scale():
    model = Bagel(MICRO)
    initialise(model, 0)
    t = torch.linspace(0, 1, 64)
    grid = torch.arange(64)
    parts = {
        "latents": model.vae2llm(torch.randn(64, MICRO.latent_token_dim)),
        "times": model.time_embedder(t),
        "places": model.latent_pos_embed(grid),
        "words": model.language_model.model.embed_tokens(grid % 60),
        "tower": model.vit_model.vision_model.embeddings(torch.randn(64, 48), grid),
    }
    for name, part in parts.items():
        assert 0.2 < float(part.square().mean().sqrt()) < 2.0, name


@torch.no_grad()
def test_the_model_says_nothing_yet_and_the_seed_decides():
    first, same, other = Bagel(MICRO), Bagel(MICRO), Bagel(MICRO)
    for model, seed in ((first, 1), (same, 1), (other, 2)):
        initialise(model, seed)
    losses = first(packed_of([[("text", 4), ("target", 2)]]))
    assert torch.equal(losses.mse, same(packed_of([[("text", 4), ("target", 2)]])).mse)
    assert float(first.velocity(torch.randn(3, 32)).abs().max()) == 0
    there, here = (model.vae2llm.weight for model in (first, other))
    assert not torch.equal(there, here)
