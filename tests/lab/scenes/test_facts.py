"""Requests as checkable facts, and edits carried out from pixels."""

import numpy as np
import pytest

from echoloop.lab.scenes import (
    STYLES,
    Add,
    Combine,
    CountFact,
    EditRequest,
    Face,
    FaceFact,
    KeepFace,
    Lettering,
    PlaceFact,
    Recolour,
    Remove,
    RestFact,
    RewriteWord,
    Scene,
    SceneRequest,
    Thing,
    Wanted,
    WordFact,
    apply_edit,
    check,
    draw,
    facts,
    read,
    realise,
    request_of,
    sample_edit,
    sample_scene,
    say,
)

RED_BALLS = tuple(Thing(noun="ball", colour="red", size="small", cell=c) for c in ("top left", "centre"))
BOX = Thing(noun="box", colour="blue", cell="bottom right")
FACE = Face(skin="tan", hair="red", eyes="wide", mouth="smiling", cell="bottom left")
SCENE = Scene(background="sky", things=(*RED_BALLS, BOX), faces=(FACE,), words=(Lettering(word="HELLO"),))


def seen(scene: Scene):
    return read(draw(scene))


@pytest.mark.parametrize("style", STYLES)
def test_faultless_pictures_fulfil_every_fact(style) -> None:
    rng = np.random.default_rng(1)
    for _ in range(40):
        request = request_of(sample_scene(rng), style)
        claims = facts(request)
        assert all(check(claims, seen(realise(request, rng)))), claims


def test_faultless_edits_fulfil_every_fact_and_unedited_pictures_do_not() -> None:
    rng = np.random.default_rng(2)
    for _ in range(60):
        first, second = sample_scene(rng, face=0.4), sample_scene(rng)
        edit = sample_edit(rng, first, second)
        readings = [seen(first), seen(second)]
        claims = facts(EditRequest(edit=edit), readings)
        assert all(check(claims, seen(apply_edit(edit, readings)))), edit
        assert not all(check(claims, readings[0])), edit


def test_each_fault_breaks_its_own_fact() -> None:
    claims = facts(request_of(SCENE))
    assert all(check(claims, seen(SCENE)))
    broken = Scene(
        background="sky",
        things=(RED_BALLS[0], BOX),
        faces=(Face(skin="tan", hair="grey", eyes="wide", mouth="smiling", cell="bottom left"),),
        words=(Lettering(word="HELO"),),
    )
    wrong = [claim for claim, holds in zip(claims, check(claims, seen(broken)), strict=True) if not holds]
    assert wrong == [
        CountFact(noun="ball", colour="red", size="small", count=2),
        PlaceFact(noun="ball", colour="red", cell="centre"),
        FaceFact(part="hair", value="red", cell="bottom left"),
        WordFact(word="HELLO", band="top"),
    ]


def test_edits_do_what_they_say() -> None:
    before = [seen(SCENE), seen(Scene(background="night"))]
    recoloured = apply_edit(Recolour(noun="ball", old="red", new="green"), before)
    assert [t.colour for t in recoloured.things if t.noun == "ball"] == ["green", "green"]
    assert BOX not in apply_edit(Remove(noun="box", colour="blue"), before).things
    added = Add(noun="kite", colour="pink", size="small", cell="top right")
    assert (
        Thing(noun="kite", colour="pink", size="small", cell="top right") in apply_edit(added, before).things
    )
    assert apply_edit(RewriteWord(old="HELLO", new="BYE"), before).words == (Lettering(word="BYE"),)
    combined = apply_edit(Combine(noun="box", colour="blue"), before)
    assert (combined.background, combined.things, combined.faces) == ("night", (BOX,), ())


def test_keeping_a_face_asks_for_identity_and_the_rest() -> None:
    claims = facts(EditRequest(edit=KeepFace(background="sand")), [seen(SCENE)])
    parts = {claim.part for claim in claims if isinstance(claim, FaceFact)}
    assert parts == {"skin", "hair", "eyes"}
    rest = next(claim for claim in claims if isinstance(claim, RestFact))
    assert len(rest.things) == 3
    assert rest.words == ("HELLO",)
    assert all(say(claim) for claim in claims)


def test_an_edit_without_its_inputs_is_an_error_with_a_remedy() -> None:
    with pytest.raises(ValueError, match="needs 2 input readings, got 1"):
        facts(EditRequest(edit=Combine(noun="box", colour="blue")), [seen(SCENE)])


def test_a_request_for_more_than_nine_cells_is_realised_as_far_as_it_goes() -> None:
    crowd = Wanted(noun="box", colour="blue", count=9)
    crowded = SceneRequest(things=(crowd, crowd))
    assert len(realise(crowded, np.random.default_rng(0)).things) <= 9
