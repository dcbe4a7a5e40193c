"""Which samples are put forward."""

from echoloop.records import Item, Output, Verdict
from echoloop.report.choosing import drawn_at_random, most_disputed, worst
from echoloop.report.pictures import Shown
from echoloop.report.samples import Answer, SamplePage, page_name


def page(name: str, **scores: float | None) -> SamplePage:
    item = Item(id=name, split="text_to_image", sample=name, prompt=name, quality="Benchmark")
    output = Output(id=name, item=name, model="m", split="text_to_image", state="answered")
    verdicts = tuple(
        Verdict(
            id=f"{name}/{judge}",
            output=name,
            item=name,
            model="m",
            split="text_to_image",
            judge=judge,
            score=score,
            state="answered" if score is not None else "failed",
        )
        for judge, score in scores.items()
    )
    known = [score for score in scores.values() if score is not None]
    answer = Answer(
        output=output,
        picture=Shown(),
        verdicts=verdicts,
        mean=sum(known) / len(known) if known else None,
    )
    return SamplePage(
        item=item, page=page_name(name), inputs=(), community=(), answers=(answer,), remarks=(), links=()
    )


def test_a_strict_judge_alone_makes_no_dispute() -> None:
    pages = [page("a", strict=1, mild=9), page("b", strict=2, mild=10), page("c", strict=5, mild=5)]
    assert most_disputed(pages, 3)[0][0].item.id == "c"


def test_missing_scores_are_not_bad_scores() -> None:
    pages = [page("a", strict=None, mild=None), page("b", strict=None, mild=6), page("c", strict=5, mild=5)]
    assert [(one.item.id, mean) for one, mean in worst(pages, 3)] == [("c", 5.0), ("b", 6.0)]
    assert "a" not in [one.item.id for one, _ in most_disputed(pages, 3)]


def test_a_new_item_does_not_shuffle_the_draw() -> None:
    pages = [page(f"i{number}", strict=1) for number in range(20)]
    before = [one.item.id for one in drawn_at_random(pages[:-1], 20)]
    after = [one.item.id for one in drawn_at_random(pages, 20)]
    assert [name for name in after if name != "i19"] == before


def test_an_id_that_is_no_plain_name_becomes_one() -> None:
    assert page_name("0f41-ab_2") == "0f41-ab_2.html"
    for hostile in ("../../etc", "a/b", "index.html\x00", "", "é"):
        assert page_name(hostile) != f"{hostile}.html"
        assert "/" not in page_name(hostile)
