"""Spanish prompts, with agreement."""

from collections.abc import Mapping
from functools import cache

from echoloop.lab.scenes.language.grammar import COLOUR_BLANK, OBJECT_BLANK, Grammar, Tails
from echoloop.lab.scenes.requests import (
    Add,
    AddWord,
    ChangeBackground,
    Combine,
    KeepFace,
    Recolour,
    Remove,
    RewriteWord,
)
from echoloop.lab.scenes.scene import Face
from echoloop.lab.scenes.vocabulary import COLOURS, Colour, Eyes, Hair, Mouth, Noun, Size, Skin

_NUMBERS = ("dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
_NOUNS: Mapping[Noun, tuple[str, str, bool]] = {
    "ball": ("pelota", "pelotas", True),
    "box": ("caja", "cajas", True),
    "tent": ("tienda", "tiendas", True),
    "star": ("estrella", "estrellas", True),
    "heart": ("corazón", "corazones", False),
    "kite": ("cometa", "cometas", True),
    "ring": ("anillo", "anillos", False),
    "moon": ("luna", "lunas", True),
}
_COLOURS: Mapping[Colour, tuple[str, str, str, str]] = {
    "red": ("rojo", "roja", "rojos", "rojas"),
    "orange": ("naranja", "naranja", "naranjas", "naranjas"),
    "yellow": ("amarillo", "amarilla", "amarillos", "amarillas"),
    "green": ("verde", "verde", "verdes", "verdes"),
    "blue": ("azul", "azul", "azules", "azules"),
    "purple": ("morado", "morada", "morados", "moradas"),
    "pink": ("rosa", "rosa", "rosas", "rosas"),
    "brown": ("marrón", "marrón", "marrones", "marrones"),
}
_SIZES: Mapping[Size, tuple[str, str, str, str]] = {
    "small": ("pequeño", "pequeña", "pequeños", "pequeñas"),
    "large": ("grande", "grande", "grandes", "grandes"),
}
_SKIN: Mapping[Skin, str] = {"pale": "pálida", "tan": "bronceada", "brown": "morena", "dark": "oscura"}
_HAIR: Mapping[Hair, str] = {"brown": "castaño", "blond": "rubio", "red": "pelirrojo", "grey": "gris"}
_EYES: Mapping[Eyes, str] = {"close": "juntos", "even": "centrados", "wide": "separados"}
_MOUTH: Mapping[Mouth, str] = {"smiling": "sonriente", "serious": "seria", "surprised": "sorprendida"}


def _group(noun: Noun | None, colour: Colour | None, count: int, size: Size | None) -> str:
    one, many, feminine = _NOUNS[noun] if noun else (OBJECT_BLANK, OBJECT_BLANK, False)
    form = feminine + 2 * (count > 1)
    number = _NUMBERS[count - 2] if count > 1 else "una" if feminine else "un"
    named = _COLOURS[colour][form] if colour else COLOUR_BLANK
    return " ".join([number, one if count == 1 else many, named, *([_SIZES[size][form]] if size else [])])


def _every(noun: Noun, colour: Colour) -> str:
    _, many, feminine = _NOUNS[noun]
    return f"{'todas las' if feminine else 'todos los'} {many} {_COLOURS[colour][2 + feminine]}"


def _face(face: Face) -> str:
    return (
        f"una cara {_MOUTH[face.mouth]} de piel {_SKIN[face.skin]}, pelo {_HAIR[face.hair]} "
        f"y ojos {_EYES[face.eyes]}"
    )


@cache
def spanish() -> Grammar:
    return Grammar(
        spaced=True,
        full_stop=".",
        openings=(
            "Dibuja ",
            "Por favor, dibuja ",
            "Pinta ",
            "Crea una imagen con ",
            "Haz un dibujo de ",
            "Una ilustración de ",
        ),
        group=_group,
        every=_every,
        face=_face,
        nothing="una escena vacía",
        placed_before=False,
        place_link=" ",
        separators=(", ", " y "),
        cell_separators=(", ", " y "),
        cells={
            "top left": "arriba a la izquierda",
            "top centre": "arriba en el centro",
            "top right": "arriba a la derecha",
            "middle left": "en el medio a la izquierda",
            "centre": "en pleno centro",
            "middle right": "en el medio a la derecha",
            "bottom left": "abajo a la izquierda",
            "bottom centre": "abajo en el centro",
            "bottom right": "abajo a la derecha",
        },
        bands={"top": "arriba del todo", "bottom": "abajo del todo"},
        backgrounds={
            "white": "un fondo blanco liso",
            "sky": "un cielo azul",
            "night": "un cielo nocturno",
            "sand": "una playa de arena",
            "meadow": "un prado verde",
            "lilac": "una pared lila",
        },
        colours={colour: _COLOURS[colour][0] for colour in COLOURS},
        background_tails=Tails(
            clauses=(", delante de {background}", ", con {background} detrás"),
            sentences=(". Detrás se ve {background}", ". De fondo pon {background}"),
        ),
        word_tails=Tails(
            clauses=(", con la palabra «{word}» {band}",),
            sentences=(". Escribe «{word}» {band}", ". Añade el texto «{word}» {band}"),
        ),
        fillers=(". Estilo de dibujo animado", ". Que sea sencillo", ". Sin sombras"),
        edits={
            Recolour: ("Cambia {every} a color {colour}", "Pinta de color {colour} {every}"),
            Remove: ("Quita {every}", "Borra {every} de la imagen", "Elimina {every}"),
            Add: ("Añade {one} {cell}", "Pon {one} {cell}"),
            ChangeBackground: ("Cambia el fondo por {background}", "Sustituye el fondo por {background}"),
            AddWord: ("Escribe la palabra «{word}» {band}", "Añade el texto «{word}» {band}"),
            RewriteWord: ("Cambia la palabra «{old}» por «{new}»", "Donde pone «{old}» escribe «{new}»"),
            Combine: (
                "Pon {every} de la primera imagen sobre el fondo de la segunda imagen",
                "Combina las dos imágenes: {every} de la primera delante del fondo de la segunda",
            ),
            KeepFace: (
                "Mantén la cara exactamente igual y cambia el fondo por {background}",
                "La misma persona, la misma cara, pero delante de {background}",
            ),
        },
        edit_fillers=(". Deja todo lo demás igual", ". No toques el resto"),
    )
