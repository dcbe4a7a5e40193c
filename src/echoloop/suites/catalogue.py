"""The suites that come with the house, and finding one by its name."""

import difflib
import re
from importlib import import_module

from echoloop.records import Mistake
from echoloop.suites.dpg_bench import DPG_BENCH
from echoloop.suites.echo_published import ECHO_PUBLISHED
from echoloop.suites.gedit import GEDIT
from echoloop.suites.geneval import GENEVAL
from echoloop.suites.geneval_pp import GENEVAL_PP
from echoloop.suites.imagine_bench import IMAGINE_BENCH
from echoloop.suites.imgedit import IMGEDIT
from echoloop.suites.omnicontext import OMNICONTEXT
from echoloop.suites.release import RELEASE
from echoloop.suites.suite import Suite

SUITES: tuple[Suite, ...] = (
    GENEVAL_PP,
    IMAGINE_BENCH,
    OMNICONTEXT,
    GENEVAL,
    DPG_BENCH,
    IMGEDIT,
    GEDIT,
    ECHO_PUBLISHED,
    RELEASE,
)

_REFERENCE = re.compile(r"[\w.]+:[A-Za-z_]\w*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def open_suite(name: str) -> Suite:
    """A suite of the house by its exact name, or anybody's own as "package.module:OBJECT"."""
    if _REFERENCE.fullmatch(name):
        return _import_suite(name)
    for suite in SUITES:
        if suite.name == name:
            return suite
    known = [suite.name for suite in SUITES]
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
    guess = f"Did you mean {' or '.join(close)}? " if close else ""
    raise Mistake(
        f"there is no suite {name!r}",
        remedy=f'{guess}There are {", ".join(known)}; your own is named as "package.module:OBJECT".',
    )


def _import_suite(reference: str) -> Suite:
    module, _, attribute = reference.partition(":")
    try:
        found: object = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, SyntaxError) as error:
        raise Mistake(
            f"the suite {reference!r} cannot be imported: {error}",
            remedy="The part before the colon is a module that Python finds (see PYTHONPATH), the part after it a name in it.",
        ) from error
    if not isinstance(found, Suite):
        raise Mistake(f"{reference!r} is no suite but {type(found).__name__}", remedy="See docs/suites.md.")
    if not _NAME.fullmatch(found.name):
        raise Mistake(
            f"the name {found.name!r} of the suite {reference!r} cannot be part of a table's name",
            remedy="Small letters, digits and underscores; the first is a letter.",
        )
    return found
