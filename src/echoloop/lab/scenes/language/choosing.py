"""Language name to grammar."""

from typing import assert_never

from echoloop.lab.scenes.language.chinese import chinese
from echoloop.lab.scenes.language.english import english
from echoloop.lab.scenes.language.grammar import Grammar, Language
from echoloop.lab.scenes.language.japanese import japanese
from echoloop.lab.scenes.language.spanish import spanish


def grammar_of(language: Language) -> Grammar:
    match language:
        case "en":
            return english()
        case "es":
            return spanish()
        case "zh":
            return chinese()
        case "ja":
            return japanese()
        case _:
            assert_never(language)
