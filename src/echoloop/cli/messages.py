"""How a problem is told: what, where, what to do. No traceback for what a user can put right."""

import os
import sys
import traceback


def explain(error: BaseException) -> int:
    """Print an error the way a person can use it; the exit status to leave with."""
    from echoloop.records import Problem

    if isinstance(error, Problem):
        print(f"echoloop: {error}", file=sys.stderr)
        return error.exit_status
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        print(
            f"echoloop: {error.strerror or error}{where}\n"
            "  Check that the folder is there and writable and that its disk has space, then run it again.",
            file=sys.stderr,
        )
        return 1
    traceback.print_exception(error)
    print(
        "echoloop: this is a fault in echoloop, not in what you did. Nothing that was paid is lost.",
        file=sys.stderr,
    )
    return 1


def say(text: str = "") -> None:
    """One line for the person who ran the command."""
    print(text, flush=True)


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 call", "2 calls"; `many` is for nouns that do not just take an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def then(text: str) -> None:
    """What one would do next."""
    print(f"\nNext: {text}")
