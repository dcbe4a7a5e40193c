"""Models for metrics, tiny and made here: seeded random weights in the layout of the real ones."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny_vit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ViT of two blocks as transformers saves it."""
    import torch
    from transformers import ViTConfig, ViTModel

    torch.manual_seed(7)
    config = ViTConfig(
        hidden_size=48, num_hidden_layers=2, num_attention_heads=3, intermediate_size=96, patch_size=16
    )
    folder = tmp_path_factory.mktemp("tiny_vit")
    ViTModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def face_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack in insightface's layout whose detector finds red patches and whose recogniser knows colours by place."""
    from face_pack import write_face_pack

    return write_face_pack(tmp_path_factory.mktemp("insightface") / "models" / "tiny")
