"""What the tables of a suite are called: many suites live in one workspace, each model's pictures and answers apart.

So a model that is run today leaves what another left yesterday alone, and a comparison finds both.
"""

from hashlib import sha256
from urllib.parse import quote

from echoloop.workspace import Tables, Workspace

_LONGEST = 60


def tasks_table(suite: str) -> str:
    """The tasks as loaded."""
    return f"{suite}.tasks"


def items_table(suite: str) -> str:
    """The tasks as items, for whoever draws."""
    return f"{suite}.items"


def rewrites_table(suite: str, model: str) -> str:
    """What a chain's reader wrote."""
    return f"{suite}.rewrites.{_slug(model)}"


def matches_table(suite: str, model: str) -> str:
    """Which file of a folder is for which task."""
    return f"{suite}.matches.{_slug(model)}"


def outputs_table(suite: str, model: str) -> str:
    """A model's pictures."""
    return f"{suite}.outputs.{_slug(model)}"


def answers_table(suite: str, model: str, judge: str) -> str:
    """What one judge said of one model's pictures."""
    return f"{suite}.answers.{_slug(model)}.{_slug(judge)}"


def scores_table(suite: str) -> str:
    """Every task's score under both presets."""
    return f"{suite}.scores"


def result_table(suite: str) -> str:
    """The measures, with intervals and coverage."""
    return f"{suite}.table"


def there(tables: Tables, suite: str, what: str) -> list[str]:
    """The complete tables of a suite that hold one kind of thing, of whatever model, by name."""
    return sorted(
        name
        for name in tables.names()
        if name.startswith(f"{suite}.{what}.") and not name.endswith(".dropped")
    )


def suites_there(workspace: Workspace) -> list[str]:
    """The suites that this workspace has results of."""
    return sorted(name.removesuffix(".table") for name in workspace.tables.names() if name.endswith(".table"))


def _slug(name: str) -> str:
    """A name as part of a table's name: no point, no slash, and not too long for a file system."""
    plain = quote(name, safe="").replace(".", "%2E")
    if len(plain) <= _LONGEST:
        return plain
    return f"{plain[:_LONGEST]}~{sha256(name.encode()).hexdigest()[:12]}"
