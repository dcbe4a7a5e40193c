"""Requests to prompts."""

from collections.abc import Sequence

import numpy as np

from echoloop.lab.scenes.language.choosing import grammar_of
from echoloop.lab.scenes.language.grammar import Grammar, Language, Tails
from echoloop.lab.scenes.requests import (
    Add,
    AddWord,
    ChangeBackground,
    Combine,
    Edit,
    KeepFace,
    Recolour,
    Remove,
    RewriteWord,
    SceneRequest,
    Style,
    Wanted,
    request_of,
)
from echoloop.lab.scenes.sampling import pick
from echoloop.lab.scenes.scene import Face, Scene
from echoloop.lab.scenes.vocabulary import Cell


def describe(scene: Scene, language: Language, rng: np.random.Generator, style: Style = "placed") -> str:
    """A prompt that asks for this scene; `understand` returns `request_of(scene, style)` from it."""
    return describe_request(request_of(scene, style), language, rng)


def describe_request(request: SceneRequest, language: Language, rng: np.random.Generator) -> str:
    """A prompt that says exactly this request."""
    grammar = grammar_of(language)
    items = [group_item(grammar, wanted) for wanted in request.things]
    items += [face_item(grammar, face) for face in request.faces]
    clauses: list[str] = []
    sentences: list[str] = []
    background = {"background": grammar.backgrounds[request.background]}
    words = [{"word": w.word, "band": grammar.bands[w.band]} for w in request.words]
    for tails, slots in [
        (grammar.background_tails, background),
        *((grammar.word_tails, word) for word in words),
    ]:
        _tail(rng, tails, slots, clauses, sentences)
    if rng.random() < 0.25:
        sentences.append(pick(rng, grammar.fillers))
    listed = _join(items, grammar.separators) if items else grammar.nothing
    return "".join([pick(rng, grammar.openings), listed, *clauses, *sentences, _stop(grammar, rng)])


def describe_edit(edit: Edit, language: Language, rng: np.random.Generator) -> str:
    """A prompt that asks for this edit."""
    grammar = grammar_of(language)
    text = pick(rng, grammar.edits[type(edit)]).format(**_edit_slots(edit, grammar))
    filler = pick(rng, grammar.edit_fillers) if rng.random() < 0.35 else ""
    return text + filler + _stop(grammar, rng)


def group_item(grammar: Grammar, wanted: Wanted) -> str:
    phrase = grammar.group(wanted.noun, wanted.colour, wanted.count, wanted.size)
    return _placed(grammar, phrase, wanted.cells)


def face_item(grammar: Grammar, face: Face) -> str:
    return _placed(grammar, grammar.face(face), (face.cell,))


def _placed(grammar: Grammar, phrase: str, cells: Sequence[Cell]) -> str:
    if not cells:
        return phrase
    places = _join([grammar.cells[cell] for cell in cells], grammar.cell_separators)
    parts = (
        (places, grammar.place_link, phrase)
        if grammar.placed_before
        else (phrase, grammar.place_link, places)
    )
    return "".join(parts)


def _join(items: Sequence[str], separators: tuple[str, str]) -> str:
    between, last = separators
    return last.join([*([between.join(items[:-1])] if items[:-1] else []), items[-1]])


def _tail(
    rng: np.random.Generator, tails: Tails, slots: dict[str, str], clauses: list[str], sentences: list[str]
) -> None:
    if rng.random() < 0.5:
        clauses.append(pick(rng, tails.clauses).format(**slots))
    else:
        sentences.append(pick(rng, tails.sentences).format(**slots))


def _stop(grammar: Grammar, rng: np.random.Generator) -> str:
    return grammar.full_stop if rng.random() < 0.8 else ""


def _edit_slots(edit: Edit, grammar: Grammar) -> dict[str, str]:
    match edit:
        case Recolour(noun=noun, old=old, new=new):
            return {"every": grammar.every(noun, old), "colour": grammar.colours[new]}
        case Remove(noun=noun, colour=colour) | Combine(noun=noun, colour=colour):
            return {"every": grammar.every(noun, colour)}
        case Add(noun=noun, colour=colour, size=size, cell=cell):
            return {"one": grammar.group(noun, colour, 1, size), "cell": grammar.cells[cell]}
        case ChangeBackground(background=background) | KeepFace(background=background):
            return {"background": grammar.backgrounds[background]}
        case AddWord(word=word, band=band):
            return {"word": word, "band": grammar.bands[band]}
        case RewriteWord(old=old, new=new):
            return {"old": old, "new": new}
