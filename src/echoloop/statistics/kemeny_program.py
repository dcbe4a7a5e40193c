"""Kemeny's order as an integer program (HiGHS): one variable a pair, and no three models in a circle."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoloop.statistics.checking import Floats
from echoloop.statistics.kemeny_moves import by_majorities, cost, moved
from echoloop.statistics.kemeny_subsets import Counts

ROUNDING = 1e-3
"""Costs are whole numbers: a solver's bound may be off by so much (and a little more where they are large) and still tell."""


@dataclass(frozen=True)
class _Program:
    """`gain[p]`: what it costs more to put the first model of pair p before the second; `circles`: 0 <= circles @ x <= 1."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    gain: Floats
    fixed: int
    circles: Any


@dataclass(frozen=True)
class _Relaxed:
    """The linear program: every order costs at least `least`, so at least `bound`; `whole` says that `choice` is an order itself.

    `to_put_before[p]` and `to_put_behind[p]`: what an order costs at least above `least` if the first model of pair p stands so.
    """

    least: float
    bound: int
    choice: NDArray[np.bool_]
    whole: bool
    to_put_before: Floats
    to_put_behind: Floats


def least_order(against: Counts, limit: int | None = None) -> list[int] | None:
    """Some order of the lowest cost; None if that is above the limit."""
    program = _program(against)
    start = by_majorities(against)
    most = cost(against, start) if limit is None else limit
    relaxed = _relaxed(program, None)
    if program.fixed + relaxed.bound > most:
        return None
    if cost(against, start) <= program.fixed + relaxed.bound:
        return start
    near = moved(against, _order(program, relaxed.choice, len(against)))
    if cost(against, near) <= program.fixed + relaxed.bound:
        return near
    chosen = _solved(program, relaxed, min(most, cost(against, near)), None)
    return None if chosen is None else _order(program, chosen, len(against))


def other_order(against: Counts, found: list[int]) -> list[int] | None:
    """Another order that costs no more than the one that was found, or None: then that is the only one."""
    program = _program(against)
    place = np.argsort(found)
    same = place[program.first] < place[program.second]
    relaxed = _relaxed(program, same)
    most = cost(against, found)
    if program.fixed + relaxed.bound > most:
        return None
    chosen = relaxed.choice if relaxed.whole else _solved(program, relaxed, most, same)
    return None if chosen is None else _order(program, chosen, len(against))


def forced_behind(against: Counts, best: int) -> NDArray[np.bool_]:
    """The models that stand first in no order of cost `best`, as far as the relaxed program proves it.

    Putting a model first turns pairs against what the relaxed optimum wants; each costs at least its reduced cost.
    """
    program = _program(against)
    relaxed = _relaxed(program, None)
    dearer = np.zeros(len(against))
    np.add.at(dearer, program.first, relaxed.to_put_before)
    np.add.at(dearer, program.second, relaxed.to_put_behind)
    return dearer > best - program.fixed - relaxed.least


def _program(against: Counts) -> _Program:
    from scipy.sparse import csr_array

    models = len(against)
    first, second = np.triu_indices(models, 1)
    pair = np.zeros((models, models), dtype=np.intp)
    pair[first, second] = np.arange(first.size)
    one, two, three = np.array(list(combinations(range(models), 3)), dtype=np.intp).reshape(-1, 3).T
    rows = np.arange(one.size)
    ends = np.concatenate([pair[one, two], pair[two, three], pair[one, three]])
    signs = np.repeat([1.0, 1.0, -1.0], one.size)
    circles = csr_array((signs, (np.tile(rows, 3), ends)), shape=(one.size, first.size))
    gain = (against - against.T)[first, second].astype(np.float64)
    return _Program(first, second, gain, int(against.T[first, second].sum()), circles)


def _relaxed(program: _Program, other_than: NDArray[np.bool_] | None) -> _Relaxed:
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, vstack

    count = program.circles.shape[0]
    rows, tops = [program.circles, -program.circles], [np.ones(count), np.zeros(count)]
    if other_than is not None:
        rows.append(csr_array(np.where(other_than, 1.0, -1.0)[None, :]))
        tops.append(np.array([other_than.sum() - 1.0]))
    found = linprog(
        program.gain, A_ub=vstack(rows), b_ub=np.concatenate(tops), bounds=(0, 1), method="highs-ds"
    )
    if found.status != 0:
        raise RuntimeError(f"the relaxed program of a Kemeny order was not solved: {found.message}")
    least = float(found.fun) - ROUNDING * (1.0 + 1e-6 * float(np.abs(program.gain).sum()))
    return _Relaxed(
        least,
        int(np.ceil(least)),
        np.asarray(found.x > 0.5),
        bool((np.abs(found.x - np.rint(found.x)) < 1e-6).all()),
        np.maximum(found.lower.marginals, 0.0),
        np.maximum(-found.upper.marginals, 0.0),
    )


def _solved(
    program: _Program, relaxed: _Relaxed, most: int, other_than: NDArray[np.bool_] | None
) -> NDArray[np.bool_] | None:
    """The best choice that costs at most so much, or None. A pair whose reduced cost says that it must be so is held."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    room = most - program.fixed - relaxed.least
    low: Any = np.where(relaxed.to_put_behind > room, 1.0, 0.0)
    high: Any = np.where(relaxed.to_put_before > room, 0.0, 1.0)
    rules = [LinearConstraint(program.circles, 0, 1)]
    if other_than is not None:
        signs = np.where(other_than, 1.0, -1.0)
        rules.append(LinearConstraint(signs[None, :], -np.inf, float(other_than.sum()) - 1.0))
    found = milp(
        program.gain,
        integrality=np.ones(program.gain.size),
        bounds=Bounds(low, high),
        constraints=rules,
        options={"mip_rel_gap": 0.0},
    )
    if found.status == 2:
        return None
    if found.status != 0:
        raise RuntimeError(f"the integer program of a Kemeny order was not solved: {found.message}")
    chosen = np.asarray(found.x > 0.5)
    return chosen if program.fixed + round(float(program.gain[chosen].sum())) <= most else None


def _order(program: _Program, before: NDArray[np.bool_], models: int) -> list[int]:
    """The more models stand behind a model, the earlier its place."""
    behind = np.bincount(program.first, weights=before, minlength=models)
    behind += np.bincount(program.second, weights=~before, minlength=models)
    return [int(model) for model in np.argsort(-behind, kind="stable")]
