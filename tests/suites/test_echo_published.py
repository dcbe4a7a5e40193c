import numpy as np
import pytest
from suite_files import counts_told, hub_picture, loaded, picture, scored, write_parquet

from echoloop.images import decode
from echoloop.records import Mistake
from echoloop.suites.echo_published import ECHO_PUBLISHED, picture_folder, wanted_pictures
from echoloop.suites.rehydrating import Wanted, rehydrate, stored_picture


def edit(name, *media, **other):
    return {
        "id": name,
        "prompt": f"Turn it into a plush toy ({name}).",
        "input_images": list(media),
        "is_screenshot": False,
        "input_bboxs": "[]",
        "post_id": "https://x.com/i/status/17",
        **other,
    }


@pytest.fixture
def hub(tmp_path):
    rows = [
        edit("e1", "GmA", "GmB"),
        edit("e2", "GmC", is_screenshot=True, input_bboxs="[[0, 0, 10, 8], [10, 8, 32, 24]]"),
        edit("e3", "GmGone"),
        edit("e4"),
        edit("", "GmA"),
        edit("e1", "GmA"),
    ]
    write_parquet(tmp_path / "image_to_image" / "test-00000-of-00001.parquet", rows)
    prompts = [{"id": "t1", "prompt": "A receipt over $12.40"}, {"id": "t2", "prompt": None}]
    write_parquet(tmp_path / "text_to_image" / "test-00000-of-00001.parquet", prompts)
    return tmp_path


def fetch(media):
    colours = {"GmA": "red", "GmB": "green", "GmC": "blue"}
    return picture(colours[media]) if media in colours else "404: the post is gone"


def test_pictures_that_were_not_fetched_are_absences_and_counted(hub):
    tasks, told = loaded(ECHO_PUBLISHED, hub)
    assert [task.id for task in tasks] == ["e1", "e2", "e3", "e4", "t1"]
    assert [task.group for task in tasks] == ["image_to_image"] * 4 + ["text_to_image"]
    assert all(image.sha256 is None for task in tasks for image in task.input_images)
    assert tasks[0].source_posts == ("https://x.com/i/status/17",)
    assert "0 : 3 rows of image_to_image: its picture was not fetched" in told
    assert {"5 : image_to_image: no id", "2 t2: text_to_image: no prompt"} <= set(told)
    assert "4 rows of image_to_image where 710 were published" in counts_told(ECHO_PUBLISHED, hub)


def test_fetched_pictures_are_found_and_what_was_lost_says_why(hub):
    attrition = rehydrate(wanted_pictures(hub), picture_folder(hub), fetch)
    assert (attrition.wanted, attrition.here, attrition.checked) == (4, 3, 0)
    assert attrition.lost == {"404: the post is gone": 1}
    assert attrition.told == (
        "3 of 4 pictures are here, 3 of them with nothing to compare them with; lost: 404: the post is gone: 1"
    )
    tasks, told = loaded(ECHO_PUBLISHED, hub)
    assert [len([image for image in task.input_images if image.sha256]) for task in tasks] == [2, 2, 0, 0, 0]
    assert [(image.width, image.height) for image in tasks[1].input_images] == [(10, 8), (22, 16)]
    assert "0 : 1 rows of image_to_image: 404: the post is gone" in told


def test_another_picture_than_the_published_one_is_not_kept(hub, tmp_path):
    known = {"GmA": 0.99, "GmB": 0.89}
    asked = []

    def counting(media):
        asked.append(media)
        return fetch(media)

    def likeness(media, pixels):
        assert pixels.dtype == np.uint8
        return known.get(media)

    wanted = [Wanted(media=media) for media in ("GmA", "GmB", "GmC", "GmA")]
    attrition = rehydrate(wanted, tmp_path / "p", counting, likeness)
    assert (attrition.here, attrition.checked) == (2, 1)
    assert attrition.lost == {"another picture than the published one (CLIP below 0.9)": 1}
    assert stored_picture(tmp_path / "p", Wanted(media="GmB")) == next(iter(attrition.lost))
    known["GmB"] = 0.95
    again = rehydrate(wanted, tmp_path / "p", counting, likeness)
    assert (again.here, again.checked, again.lost) == (3, 2, {})
    assert asked == ["GmA", "GmB", "GmC", "GmB"], "what is here is not fetched again"


def test_what_is_no_picture_or_has_a_box_outside_is_lost(tmp_path):
    def hostile(media):
        return b"<html>" if media == "page" else picture()

    wanted = [Wanted(media="page"), Wanted(media="../../x"), Wanted(media="ok", boxes=((90, 90, 99, 99),))]
    attrition = rehydrate(wanted, tmp_path / "p", hostile)
    assert attrition.here == 1
    assert "a box of it lies outside of the picture" in attrition.lost
    assert any(reason.startswith("not a picture") for reason in attrition.lost)
    [file] = stored_picture(tmp_path / "p", Wanted(media="../../x"))
    assert file.parent == tmp_path / "p"
    assert decode(file.read_bytes()).width == 32


def test_the_copy_with_made_up_pictures_holds_them_itself(tmp_path):
    rows = [edit("m1") | {"input_images": [hub_picture(picture())], "input_bboxs": None}]
    write_parquet(tmp_path / "image_to_image" / "test.parquet", rows)
    [task], _ = loaded(ECHO_PUBLISHED, tmp_path / "image_to_image" / "test.parquet")
    assert task.input_images[0].sha256


def test_a_folder_of_something_else_is_said(tmp_path):
    with pytest.raises(Mistake, match="neither split"):
        loaded(ECHO_PUBLISHED, tmp_path)


def test_the_grade_counts(hub):
    task = loaded(ECHO_PUBLISHED, hub)[0][0]
    assert scored(ECHO_PUBLISHED, task, {"": "Good. [[3]] no: [[8]]"}).value == 8
    assert scored(ECHO_PUBLISHED, task, {"": "Good. [[3]] no: [[8]]"}, "released_code").value == 3
    assert scored(ECHO_PUBLISHED, task, {"": "[[7.5]]"}).value is None
