"""Faces: the pack is loaded as insightface lays it out, fed BGR at 640, and every face of the input meets every face of the output."""

from pathlib import Path

import numpy as np
import pytest
from face_pack import write_face_pack

from echoloop.diagnose import face_similarity
from echoloop.diagnose.metrics.face_similarity import Faces
from echoloop.images import encode_png
from echoloop.lab.painters import Painted, Painter, PainterFaults, paint
from echoloop.lab.scenes import KeepFace, Scene, describe_edit, draw, sample_face
from echoloop.records import Mistake

EMPTY = np.full((192, 192, 3), 255, np.uint8)
PROMPT = describe_edit(KeepFace(background="meadow"), "en", np.random.default_rng(1))
PEOPLE = [
    draw(
        Scene(
            width=192,
            height=192,
            background="white",
            faces=(sample_face(np.random.default_rng(n), "centre"),),
        )
    )
    for n in range(10)
]


def crowd(count: int) -> np.ndarray:
    """Red patches, each of a shade of its own."""
    pixels = np.full((1024, 1280, 3), 255, np.uint8)
    for number in range(count):
        row, column = divmod(number, 5)
        top, left = row * 256 + 80, column * 256 + 80
        pixels[top : top + 96, left : left + 96] = (255, 10 * number, 0)
    return pixels


def test_a_face_is_like_itself_and_less_like_another(face_pack: Path, tmp_path: Path) -> None:
    path = tmp_path / "person.png"
    path.write_bytes(encode_png(PEOPLE[0]))
    found = face_similarity([path, PEOPLE[0]], [PEOPLE[0], PEOPLE[4]], pack=face_pack)
    assert found.similarities[0] == pytest.approx(1, abs=1e-5)
    assert found.similarities[1] is not None
    assert found.similarities[1] < 0.999
    assert (found.measured, found.face_lost, found.without_input_face) == (2, 0.0, 0)


def test_the_pack_is_fed_bgr(face_pack: Path) -> None:
    faces = Faces(face_pack)
    assert len(faces(crowd(1))) == 1
    assert len(faces(np.ascontiguousarray(crowd(1)[..., ::-1]))) == 0


def test_twenty_faces_are_twenty(face_pack: Path) -> None:
    found = Faces(face_pack)(crowd(20))
    assert found.shape == (20, 147)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(20), abs=1e-5)


def test_the_best_pair_of_all_inputs_counts(face_pack: Path) -> None:
    alone = [face_similarity([[one]], [PEOPLE[2]], pack=face_pack).similarity for one in PEOPLE[:2]]
    both = face_similarity([PEOPLE[:2]], [PEOPLE[2]], pack=face_pack).similarity
    assert both == pytest.approx(max(one for one in alone if one is not None))
    with_empty = face_similarity([[EMPTY, PEOPLE[0]]], [PEOPLE[2]], pack=face_pack).similarity
    assert with_empty == pytest.approx(alone[0])


def test_a_lost_face_is_counted_and_lowers_no_mean(face_pack: Path) -> None:
    found = face_similarity([PEOPLE[0], PEOPLE[0], EMPTY], [PEOPLE[0], EMPTY, PEOPLE[0]], pack=face_pack)
    assert found.similarity == pytest.approx(1, abs=1e-5)
    assert (found.measured, found.face_lost, found.without_input_face) == (1, 0.5, 1)
    assert found.similarities[1:] == (None, None)


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (2000, 2), (3000, 1500)])
def test_pictures_of_any_size_are_looked_at(face_pack: Path, shape: tuple[int, int]) -> None:
    assert len(Faces(face_pack)(np.full((*shape, 3), 200, np.uint8))) == 0


def test_it_falls_as_planted_drift_grows(face_pack: Path) -> None:
    means = []
    for drift in (0.0, 0.25, 0.5, 0.75, 1.0):
        painter = Painter(name="p", developer="d", seed=3, faults=PainterFaults(identity_drift=drift))
        painted = [paint(painter, PROMPT, (person,)) for person in PEOPLE]
        pictures = [one.pixels for one in painted if isinstance(one, Painted) and one.understood]
        assert len(pictures) == len(PEOPLE)
        found = face_similarity(PEOPLE, pictures, pack=face_pack)
        means.append(found.similarity)
    assert means == sorted(means, reverse=True)
    assert means[0] - means[-1] > 0.01


def test_what_is_no_pack_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Mistake, match="no face model"):
        face_similarity([EMPTY], [EMPTY], pack=tmp_path)
    pack = write_face_pack(tmp_path / "models" / "half")
    (pack / "glintr100.onnx").unlink()
    with pytest.raises(Mistake, match="no recogniser"):
        face_similarity([EMPTY], [EMPTY], pack=pack)
    monkeypatch.setenv("ECHOLOOP_WEIGHTS", str(tmp_path / "none"))
    with pytest.raises(Mistake, match="fetch auraface"):
        face_similarity([EMPTY], [EMPTY])


def test_each_output_needs_inputs(face_pack: Path) -> None:
    with pytest.raises(ValueError, match="inputs for each output"):
        face_similarity([], [], pack=face_pack)
