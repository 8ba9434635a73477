"""Which facts of a program cannot hold together: first enough of them, then no more than are needed.

References
----------
J. W. Chinneck, Feasibility and Infeasibility in Optimization, Springer 2008: the elastic filter (chapter 6.1) and the
deletion filter (6.2).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netopt.errors import SolverError
from netopt.formulation import Program
from netopt.solve.control import Control
from netopt.solve.elastic import Elastic, Facts

__all__ = ["clash"]

IntArray = npt.NDArray[np.int64]


def clash(program: Program, facts: Facts, control: Control, candidates: IntArray | None = None) -> IntArray | None:
    """Return facts that cannot hold together with the rest of the program, none of which can be left out.

    HiGHS' own ``getIis`` is not asked: it knows only of the linear program, and what it drops from the rows that may
    not be stretched makes its set of facts irreducible for another program than this one.

    Parameters
    ----------
    program : Program
        What cannot be solved.
    facts : Facts
        What may give.
    control : Control
        Time limit; where it ends the search, the set still clashes but may not be the smallest.
    candidates : ndarray of int, optional
        Facts to look among, when they are known to clash.

    Returns
    -------
    ndarray of int or None
        Positions of facts; None where no clash was found in time.
    """
    elastic = Elastic(program, facts, relaxed=True)
    found = elastic.holding(control)
    if found is not None and len(found):
        return _deleted(elastic, found, control)
    if found is None or not program.whole.any():
        return None
    elastic = Elastic(program, facts)
    hard = _hardened(elastic, control) if candidates is None else candidates
    return None if hard is None else _deleted(elastic, hard, control)


def _hardened(elastic: Elastic, control: Control) -> IntArray | None:
    """Forbid what was stretched, again and again, until nothing else can give: what was forbidden clashes."""
    upper = np.full(len(elastic.facts), np.inf)
    while not _over(control):
        elastic.allow(upper)
        try:
            point = elastic.least(control, "explaining")
        except SolverError:
            return np.nonzero(upper == 0)[0]
        if point is None or not point.needed:
            return None
        upper[point.amount > 0] = 0.0
    return None


def _deleted(elastic: Elastic, found: IntArray, control: Control) -> IntArray:
    """Leave out whole blocks, then ever smaller parts of what is left, as long as the rest still clashes."""
    facts = elastic.facts
    elastic.allow(np.full(len(facts), np.inf))
    kept = found
    waiting = [kept[facts.block[kept] == name] for name in dict.fromkeys(facts.block[kept])]
    while waiting and not _over(control):
        part = waiting.pop()
        part = part[np.isin(part, kept)]
        rest = kept[~np.isin(kept, part)]
        if not len(part) or not len(rest):
            smaller = None
        else:
            smaller = _still_clashing(elastic, rest, control)
        if smaller is not None:
            kept = smaller
        elif len(part) > 1:
            half = len(part) // 2
            waiting += [part[:half], part[half:]]
    return kept


def _still_clashing(elastic: Elastic, rest: IntArray, control: Control) -> IntArray | None:
    """Return what of some facts clashes when the others may give for nothing; None where they can hold, or may."""
    facts = elastic.facts
    weight = np.zeros(len(facts))
    weight[rest] = facts.weight[rest]
    elastic.price(weight)
    if not elastic.mixed:
        found = elastic.holding(control)
        return None if found is None or not len(found) else np.intersect1d(found, rest)
    try:
        point = elastic.least(control, "explaining")
    except SolverError:
        return None
    return rest if point is not None and point.needed and point.best else None


def _over(control: Control) -> bool:
    return control.stop.is_set() or (control.time_limit is not None and control.seconds >= control.time_limit)
