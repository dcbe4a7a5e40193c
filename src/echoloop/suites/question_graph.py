"""Questions of which some only make sense where others are answered yes: circles in them, and what a no takes with it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence


def cycle_in(parents: Mapping[int, Sequence[int]]) -> list[int]:
    """Questions that hang on each other in a circle, in its order; empty where there is none."""
    finished: set[int] = set()
    for start in parents:
        path: list[int] = []
        on_path: set[int] = set()
        todo: list[tuple[int, bool]] = [(start, False)]
        while todo:
            name, leaving = todo.pop()
            if leaving:
                path.pop()
                on_path.discard(name)
                finished.add(name)
            elif name in on_path:
                return path[path.index(name) :]
            elif name not in finished:
                path.append(name)
                on_path.add(name)
                todo.append((name, True))
                todo += [(parent, False) for parent in reversed(parents.get(name, ())) if parent in parents]
    return []


def no_by_graph(parents: Mapping[int, Sequence[int]], answers: Mapping[int, bool | None]) -> set[int]:
    """The questions that are no, by their own answer or because something that they hang on, however far up, is."""
    children: dict[int, list[int]] = defaultdict(list)
    for name, above in parents.items():
        for parent in above:
            children[parent].append(name)
    lost: set[int] = set()
    todo = [name for name, answer in answers.items() if answer is False]
    while todo:
        name = todo.pop()
        if name not in lost:
            lost.add(name)
            todo += children[name]
    return lost
