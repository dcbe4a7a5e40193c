import importlib

import numpy as np
import pytest

from echoloop.records import Mistake
from echoloop.suites import torch_models
from echoloop.suites.clip_check import ClipEyes, known_features, likeness_to
from echoloop.suites.detecting import check
from echoloop.suites.torch_models import Libraries, clip_view
from echoloop.suites.transformers_detector import (
    NAMES,
    ClipColours,
    MaskDetector,
    RealEyes,
    box_around,
    open_detector,
    prepared,
)

PIXELS = np.random.default_rng(7).integers(0, 255, (40, 60, 3), np.uint8)


class Tokens(dict):
    def to(self, device):
        return self


def tokenizer(torch):
    def tokenize(texts, padding, return_tensors):
        rows = [[1, *(2 + (sum(map(ord, word)) % 60) for word in text.split())][:15] for text in texts]
        longest = max(map(len, rows))
        ids = torch.tensor([[*row, *[63] * (longest + 1 - len(row))] for row in rows])
        return Tokens(input_ids=ids, attention_mask=torch.ones_like(ids))

    return tokenize


@pytest.fixture(scope="module")
def libraries():
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(3)
    return Libraries(torch, transformers, "cpu")


@pytest.fixture(scope="module")
def detector(libraries):
    named = libraries.transformers
    backbone = named.SwinConfig(
        image_size=64,
        embed_dim=8,
        depths=[1, 1, 1, 1],
        num_heads=[1, 1, 1, 1],
        window_size=4,
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )
    config = named.Mask2FormerConfig(
        backbone_config=backbone,
        feature_size=32,
        mask_feature_size=32,
        hidden_dim=32,
        encoder_feedforward_dim=32,
        dim_feedforward=32,
        encoder_layers=1,
        decoder_layers=2,
        num_attention_heads=2,
        num_queries=6,
        num_labels=len(NAMES),
    )
    model = named.Mask2FormerForUniversalSegmentation(config)
    with libraries.torch.no_grad():
        model.class_predictor.weight.zero_()
        model.class_predictor.bias.copy_(libraries.torch.eye(len(NAMES) + 1)[NAMES.index("dog")] * 9)
    return MaskDetector(libraries, model)


@pytest.fixture(scope="module")
def clip(libraries):
    named = libraries.transformers
    text = {
        "vocab_size": 64,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    seen = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "image_size": 32,
        "patch_size": 8,
    }
    text |= {"max_position_embeddings": 20, "eos_token_id": 63, "bos_token_id": 1, "pad_token_id": 0}
    return named.CLIPModel(named.CLIPConfig(text_config=text, vision_config=seen, projection_dim=8))


def test_the_detector_finds_what_its_model_is_sure_of(detector):
    found = detector.find(PIXELS)
    assert {one.name for one in found} == {"dog"}
    for one in found:
        assert 0.05 < one.confidence <= 1
        assert one.mask.shape == PIXELS.shape[:2]
        left, top, right, bottom = map(int, one.box)
        assert one.mask[top:bottom, left:right].sum() == one.mask.sum() > 0
    assert detector.find(PIXELS)[0].confidence == found[0].confidence


def test_colours_are_named_for_each_crop(libraries, clip, detector):
    colours = ClipColours(libraries, clip, tokenizer(libraries.torch))
    crops = [np.full((9, 5, 3), shade, np.uint8) for shade in (0, 90, 255)] * 7
    named = colours.classify(crops, "dog", ["red", "blue"])
    assert len(named) == 21
    assert set(named) <= {"red", "blue"}
    assert named[:3] == named[3:6]
    assert colours.classify([], "dog", ["red"]) == []
    eyes = RealEyes(detector, colours, "toy")
    assert check(PIXELS, {"include": [{"class": "dog", "count": 1}]}, eyes, counting=False) is not None
    with pytest.raises(ValueError, match="knows no 'ball'"):
        check(PIXELS, {"include": [{"class": "ball", "count": 1}]}, eyes, counting=False)


def test_a_model_of_other_classes_is_refused(libraries):
    class Config:
        num_labels = 3

    class Model:
        config = Config()

    with pytest.raises(Mistake, match="3 classes"):
        MaskDetector(libraries, Model())


def test_a_picture_is_like_itself(libraries, clip, tmp_path):
    eyes = ClipEyes(libraries, clip)
    np.savez(tmp_path / "known.npz", GmA=eyes.features(PIXELS) * 3, short=np.ones(3))
    likeness = likeness_to(known_features(tmp_path / "known.npz"), eyes)
    assert likeness("GmA", PIXELS) == pytest.approx(1, abs=1e-5)
    assert likeness("GmA", 255 - PIXELS) < 1
    assert likeness("GmB", PIXELS) is None
    with pytest.raises(Mistake, match="3 numbers"):
        likeness("short", PIXELS)
    with pytest.raises(Mistake, match="cannot be read"):
        known_features(tmp_path / "gone.npz")


def test_without_the_libraries_or_the_weights_it_says_what_to_do(monkeypatch, tmp_path):
    real = importlib.import_module

    def without(name):
        if name == "torch":
            raise ImportError("no torch", name="torch")
        return real(name)

    with monkeypatch.context() as patched:
        patched.setattr(torch_models.importlib, "import_module", without)
        with pytest.raises(Mistake, match="not measured: torch is not installed"):
            open_detector()
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setattr("echoloop.suites.transformers_detector.DETECTOR", str(tmp_path / "none"))
    with pytest.raises(Mistake, match="not measured: the weights"):
        open_detector()


def test_pictures_are_prepared_as_the_models_were_trained():
    seen, valid = prepared(PIXELS)
    assert seen.shape == (3, 800, 1216)
    assert valid[:, 1199].all()
    assert not valid[:, 1200:].any()
    assert prepared(np.zeros((10, 100, 3), np.uint8))[0].shape == (3, 160, 1344)
    assert clip_view(PIXELS).shape == (3, 224, 224)
    assert clip_view(np.zeros((1, 900, 3), np.uint8), 32).shape == (3, 32, 32)
    mask = np.zeros((5, 6), bool)
    mask[1, 2] = mask[3, 4] = True
    assert box_around(mask) == (2, 1, 5, 4)
