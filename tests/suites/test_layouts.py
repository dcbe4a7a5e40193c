"""Names of pictures in the public layouts, and which task each is for."""

import pytest

from echoloop.records import Mistake, SuiteTask
from echoloop.suites.layouts import Named, by_sample, read_names


def tasks(*names: str, first: int = 1) -> list[SuiteTask]:
    return [
        SuiteTask(id=name, suite="own", line=line, prompt=name, group="g")
        for line, name in enumerate(names, start=first)
    ]


LINES = tasks("1", "2", "3")
NAMED = tasks("red-cup", "cup_2", "Straße")


def read(names: list[str], known: list[SuiteTask], layout: str = "auto") -> dict[str, str]:
    places = [tuple(name.split("/")) for name in names]
    found = read_names(places, known, layout)  # type: ignore[arg-type]
    good = by_sample((place, one) for place, one in found.named.items() if isinstance(one, Named))
    return {"/".join(place): f"{task}#{number}" for (task, number), files in good.items() for place in files}


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["1.jpg", "2.png", "03.JPG"], {"1.jpg": "1#0", "2.png": "2#0", "03.JPG": "3#0"}),
        (["0.jpg", "1.jpg", "2.jpg"], {"0.jpg": "1#0", "1.jpg": "2#0", "2.jpg": "3#0"}),
        (
            ["1_0.png", "1_1.png", "2-1.png", "2-2.png"],
            {"1_0.png": "1#0", "1_1.png": "1#1", "2-1.png": "2#0", "2-2.png": "2#1"},
        ),
        (["1/0.png", "1/1.png", "2/2_1.png"], {"1/0.png": "1#0", "1/1.png": "1#1", "2/2_1.png": "2#0"}),
        (
            ["00000/samples/0000.png", "00000/samples/0003.png", "00002/samples/0000.png", "00000/grid.png"],
            {
                "00000/samples/0000.png": "1#0",
                "00000/samples/0003.png": "1#3",
                "00002/samples/0000.png": "3#0",
            },
        ),
    ],
)
def test_layouts_of_numbered_tasks(names: list[str], found: dict[str, str]) -> None:
    assert read(names, LINES) == found


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["RED-CUP.png", "cup_2.png"], {"RED-CUP.png": "red-cup#0", "cup_2.png": "cup_2#0"}),
        (["cup_2_1.png", "cup_2_2.png"], {"cup_2_1.png": "cup_2#0", "cup_2_2.png": "cup_2#1"}),
        (["Strasse.png", "Straße.png"], {"Strasse.png": "Straße#0", "Straße.png": "Straße#0"}),
        (["1.jpg", "3.jpg"], {"1.jpg": "red-cup#0", "3.jpg": "Straße#0"}),
        (["0.jpg", "2.jpg"], {"0.jpg": "red-cup#0", "2.jpg": "Straße#0"}),
    ],
)
def test_layouts_of_named_tasks(names: list[str], found: dict[str, str]) -> None:
    assert read(names, NAMED) == found


def test_counting_from_both_ends_is_asked_about_and_not_guessed() -> None:
    names = ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    with pytest.raises(Mistake, match="count from 0 and from 1"):
        read(names, LINES)
    assert read(names, LINES, "line0")["0.jpg"] == "1#0"
    assert "0.jpg" not in read(names, LINES, "line1")
    assert read(names, LINES, "line1")["3.jpg"] == "3#0"


def test_how_lines_were_counted_is_said() -> None:
    assert read_names([("0.jpg",)], LINES).note == "numbers are lines, counted from 0: 0 is line 1"
    assert read_names([("1.jpg",)], NAMED).note == "numbers are lines, counted from 1"


def test_a_line_that_was_left_out_shifts_nothing() -> None:
    known = [one for one in LINES if one.id != "2"]
    assert read(["0.jpg", "1.jpg", "2.jpg"], [*known]) == {"0.jpg": "1#0", "2.jpg": "3#0"}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("7.jpg", "no task of id 7"),
        ("cat.jpg", "no task has this name"),
        (".1.jpg", "a hidden file"),
        ("1.txt", "not named as a picture"),
        ("1", "not named as a picture"),
        ("a/b/c.png", "lies deeper than any layout"),
        ("x/samples/0.png", "not named as in GenEval's folders: 00000/samples/0000.png"),
        ("00009/samples/0000.png", "no task of line 10"),
        ("9/1.png", "no task of id 9"),
        ("1/cover.png", "a file in a task's folder is named by a number"),
    ],
)
def test_a_name_that_fits_nothing_says_why(name: str, why: str) -> None:
    place = tuple(name.split("/"))
    assert read_names([place], LINES).named[place] == why


def test_a_name_that_fits_two_tasks_fits_none() -> None:
    place = ("cup.png",)
    assert read_names([place], tasks("CUP", "Cup")).named[place] == "the name fits 2 tasks: CUP, Cup"


def test_public_folders_of_ids_with_slashes() -> None:
    known = tasks("single_character/a1", "background/cn/k2")
    names = ["single_character/a1.png", "fullset/background/cn/k2.png", "background/cn/k3.png"]
    assert read(names, known) == {
        "single_character/a1.png": "single_character/a1#0",
        "fullset/background/cn/k2.png": "background/cn/k2#0",
    }
