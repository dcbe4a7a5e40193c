"""Rows in the layouts of other backbones, read back as those backbones read them."""

import io
import json
import tarfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from training_rows import drawn, png, seen_value, write_release, write_tar

from echoloop.images import decode
from echoloop.records import Mistake
from echoloop.train.data import Bad, Dataset, open_dataset
from echoloop.train.exporting import Exported, export_blip3o, export_omnigen2
from echoloop.workspace import CouldNotWrite

ROWS = [("a fish", [], 1), ("make it red", [2], 3), ("both of them", [4, 5], 6), ("a bird", [], 7)]


@pytest.fixture
def source(tmp_path: Path) -> Dataset:
    """Four rows, the last of which has a picture that is no longer what it was."""
    write_release(tmp_path / "release", ROWS)
    dataset = open_dataset(tmp_path / "release")
    shard = tmp_path / "release/pictures-00000.tar"
    with tarfile.open(shard) as archive:
        place = archive.getmember("7.png").offset_data
    data = bytearray(shard.read_bytes())
    data[place + 60] ^= 1
    shard.write_bytes(bytes(data))
    return dataset


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_omnigen2_rows_are_read_back_whole(source: Dataset, tmp_path: Path) -> None:
    told: list[Bad] = []
    done = export_omnigen2(source, tmp_path / "out", bad=told.append)
    assert (done.rows, done.pictures, done.left_out) == (3, 6, {"picture_changed": 1})
    assert "r3" in told[0].name
    again = open_dataset(tmp_path / "out")
    assert sum(again.chunks) == 3
    for index, (text, inputs, output) in enumerate(ROWS[:3]):
        row = drawn(again, index)
        assert row.instruction == text
        assert [seen_value(picture) for picture in row.inputs] == inputs
        assert seen_value(row.output) == output
    stated = [json.loads(line) for line in (tmp_path / "out/rows.jsonl").read_text().splitlines()]
    assert [row["task_type"] for row in stated] == ["t2i", "edit", "multi_reference"]
    assert "input_images" not in stated[0]


def test_shards_hold_each_sample_under_one_key(source: Dataset, tmp_path: Path) -> None:
    done = export_blip3o(source, tmp_path / "out", rows_per_shard=2)
    assert (done.rows, done.left_out) == (3, {"picture_changed": 1})
    samples: defaultdict[str, dict[str, bytes]] = defaultdict(dict)
    order: list[str] = []
    for path in sorted((tmp_path / "out").iterdir()):
        with tarfile.open(path) as archive:
            for member in archive:
                key, _, part = member.name.partition(".")
                file = archive.extractfile(member)
                assert file is not None
                samples[key][part] = file.read()
                order.append(f"{path.name} {key}")
    assert order == sorted(order)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["000000.tar", "000001.tar"]
    for (text, inputs, output), parts in zip(ROWS[:3], samples.values(), strict=True):
        assert parts["txt"].decode() == text
        assert decode(parts["png"]).pixels[0, 0, 0] == output
        assert json.loads(parts["json"])["references"] == len(inputs)
        for place, value in enumerate(inputs):
            assert decode(parts[f"ref{place}.png"]).pixels[0, 0, 0] == value


@pytest.mark.parametrize("export", [export_omnigen2, export_blip3o])
def test_the_same_rows_give_the_same_bytes(
    export: Callable[..., Exported], source: Dataset, tmp_path: Path
) -> None:
    export(source, tmp_path / "one")
    export(source, tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")


@pytest.mark.parametrize("export", [export_omnigen2, export_blip3o])
def test_an_export_is_whole_or_absent(
    export: Callable[..., Exported], source: Dataset, tmp_path: Path
) -> None:
    def fail(_: Bad) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(CouldNotWrite, match="No space left"):
        export(source, tmp_path / "out", bad=fail)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["release"]
    (tmp_path / "out").mkdir()
    with pytest.raises(Mistake, match="something at this path"):
        export(source, tmp_path / "out")


def test_a_picture_of_a_rare_format_becomes_one_that_loaders_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "WEBP", lossless=True)
    write_tar(tmp_path / "Surrel-Fantasy-Image/a.tar", {"1.webp": out.getvalue(), "2.png": png(2)})
    rows = [
        {"instruction": "red", "output_image": "1.webp"},
        {"instruction": "dark", "output_image": "2.png"},
    ]
    (tmp_path / "Surrel-Fantasy-Image/r.jsonl").write_text("\n".join(map(json.dumps, rows)))
    export_blip3o(open_dataset(tmp_path), tmp_path / "out")
    with tarfile.open(tmp_path / "out/000000.tar") as archive:
        names = archive.getnames()
        file = archive.extractfile(names[0])
        assert file is not None
        assert decode(file.read()).pixels[0, 0].tolist() == [255, 0, 0]
    assert names[0] == "00000000.png"
