"""What was typed about the network as it is run: names resolved, blanks filled where only one thing can be meant.

Nothing is guessed: a blank that could mean several things is refused, with the row and what to write there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt import schema
from netopt.errors import InputError, Problem
from netopt.network import BLANK, Network
from netopt.network.resolve import Names
from netopt.plan.audit.table import BUCKETS
from netopt.read.headers import side_table_named
from netopt.read.problems import Findings, always, closest, fold, shown
from netopt.read.side import read_side_table

__all__ = ["KEY", "Actual", "Source", "read_actual"]

IntArray = npt.NDArray[np.int64]
Source = str | PathLike[str] | pd.DataFrame

KEY = ["origin", "destination", "mode", "product", "period"]
"""What tells one flow from another."""

_NAMED = 5


@dataclass(frozen=True, eq=False)
class Actual:
    """What was typed, under the names of the network.

    Parameters
    ----------
    flows : DataFrame
        A row for each origin, destination, mode, product and period: ``quantity``, ``vehicles`` and ``spend``, summed
        over the rows typed for it, NaN where none says it. A mode that the network does not have stays as typed.
    row, flow : ndarray of int
        Rows of the file and the position in `flows` that each belongs to, shape (rows,).
    source : str
        What messages call the file of the flows.
    stocks : DataFrame or None
        ``facility``, ``product``, ``period``, ``stock``.
    sites : DataFrame or None
        ``name``, ``period``, ``open`` (bool) and ``spend`` (NaN where none says it), a row for each period that
        something was said of.
    spend : DataFrame or None
        ``label`` as typed, ``buckets`` (tuple of names), ``period`` (empty for the whole horizon), ``spend``.
    """

    flows: pd.DataFrame
    row: IntArray
    flow: IntArray
    source: str
    stocks: pd.DataFrame | None
    sites: pd.DataFrame | None
    spend: pd.DataFrame | None


def read_actual(
    network: Network, flows: Source, stocks: Source | None, actuals: Source | None, sites: Source | None
) -> Actual:
    """Read the tables about the network as it is run; a workbook of flows may hold the others, too.

    Raises
    ------
    InputError
        With every problem of every table.
    """
    given = {"actual_flows": flows, "actual_stocks": stocks, "actuals": actuals, "actual_sites": sites}
    inside = _sheets(flows)
    tables: dict[str, tuple[pd.DataFrame, str]] = {}
    problems: list[Problem] = []
    for name, source in given.items():
        chosen = flows if source is None and name in inside else source
        if chosen is None:
            continue
        try:
            tables[name] = read_side_table(chosen, name)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    findings = Findings()
    for name, (frame, label) in tables.items():
        _refer(network, name, frame, label, findings)
    findings.stop()
    frame, label = _moving(*tables["actual_flows"], findings)
    findings.stop()
    frame = frame.assign(mode=_modes(network, frame, label, findings))
    merged, group = _merged(frame, label, findings)
    found = {name: _READERS[name](*tables[name], findings) for name in _READERS if name in tables}
    findings.stop()
    return Actual(
        flows=merged,
        row=frame.index.to_numpy(dtype=np.int64),
        flow=group,
        source=label,
        stocks=found.get("actual_stocks"),
        sites=None if "actual_sites" not in found else _spread(network, found["actual_sites"]),
        spend=found.get("actuals"),
    )


def _sheets(source: Source) -> set[str]:
    """Return the tables that the sheets of a workbook are named after."""
    if isinstance(source, pd.DataFrame) or Path(source).suffix.casefold() not in (".xlsx", ".xlsm"):
        return set()
    if not Path(source).is_file():  # what is wrong with it is said when the flows are read
        return set()
    from netopt.read.workbook import read_workbook

    listed = read_workbook(Path(source), hashlib.sha256(), Findings(), lambda _: False)
    return {table for sheet, _ in listed if (table := side_table_named(sheet)) is not None}


def _refer(network: Network, table: str, frame: pd.DataFrame, label: str, findings: Findings) -> None:
    """Rewrite every reference of a table with the network's spelling; fill blanks that can mean one thing only."""
    names = {
        "facility": network.facilities.names,
        "place": network.places.names,
        "product": network.products.names,
        "period": network.periods.names,
    }
    for column in schema.side_tables()[table].columns.values():
        if column.refers_to is None:
            continue
        known = names[column.refers_to]
        codes, wrong = _coded(frame[column.name], known)
        findings.many(
            label, column.name, frame.index.to_numpy()[wrong],
            _unknown(frame[column.name].to_numpy(dtype=object)[wrong], column.refers_to, known),
            kind=f"not a known {column.refers_to}",
        )  # fmt: skip
        blank = frame[column.name].isna().to_numpy()
        spelled = np.append(known.array, "")[codes]
        may_stay = table in ("actuals", "actual_sites")  # there a blank period is the whole horizon
        if blank.any() and not may_stay:
            if len(known) == 1:
                spelled[blank] = known[0]
            else:
                message = f"the cell is blank, and the network has {len(known):,} {column.refers_to}s"
                fix = f"name one of them, such as {_listed(known)}, in each row"
                findings.many(label, column.name, frame.index.to_numpy()[blank], always(message, fix), kind=message)
        frame[column.name] = spelled


def _moving(frame: pd.DataFrame, label: str, findings: Findings) -> tuple[pd.DataFrame, str]:
    """Return the rows in which something moved or was paid."""
    circles = (frame["origin"] == frame["destination"]).to_numpy()
    message = "the goods go to where they come from"
    fix = "name another destination, or remove the row: what stays is stock"
    findings.many(label, "destination", frame.index.to_numpy()[circles], always(message, fix), kind=message)
    moving = frame[(frame["quantity"] > 0) | (frame["spend"] > 0)]
    if moving.empty:
        findings.add(label, None, "quantity", "nothing moves in any row", "give the units that moved")
    return moving, label


def _coded(values: pd.Series, known: Names) -> tuple[IntArray, npt.NDArray[np.bool_]]:
    """Return the position of each name whatever its letter case, `BLANK` for blank ones, and which are not known."""
    factors, words = pd.factorize(values, use_na_sentinel=True)
    folded = {fold(name): at for at, name in reversed(list(enumerate(known)))}
    found = np.array([*(folded.get(fold(str(word)), BLANK) for word in words), BLANK], dtype=np.int64)
    codes: IntArray = found[factors]
    return codes, (codes == BLANK) & (factors >= 0)


def _unknown(words: npt.NDArray[np.object_], kind: str, known: Names) -> Callable[[int], tuple[str, str]]:
    def explain(i: int) -> tuple[str, str]:
        near = closest(str(words[i]), known)
        hint = f"did you mean {near}? Otherwise add it to the network" if near else f"use one of {_listed(known)}"
        return f"{shown(words[i])} is not a {kind} of the network", hint

    return explain


def _listed(names: Names | Sequence[str]) -> str:
    first = [str(name) for name in list(names)[:_NAMED]]
    return ", ".join(first) + (", …" if len(names) > _NAMED else "")


def _modes(network: Network, frame: pd.DataFrame, label: str, findings: Findings) -> npt.NDArray[np.object_]:
    """Return the mode of each row: as the network spells it, as typed where it has none such, the only one if blank."""
    modes = network.lanes.modes
    codes, _ = _coded(frame["mode"], modes)
    typed = frame["mode"].notna().to_numpy()
    spelled = np.where(codes == BLANK, frame["mode"].to_numpy(dtype=object), np.append(modes.array, "")[codes])
    spelled[~typed] = ""
    if typed.all():
        return spelled
    options = _modes_between(network, frame[~typed])
    wrong: list[int] = []
    named = dict(zip(np.nonzero(~typed)[0].tolist(), options, strict=True))
    for at, found in named.items():
        if len(found) == 1:
            spelled[at] = found[0]
        elif len(found) > 1 and "" not in found:
            wrong.append(at)

    def explain(i: int) -> tuple[str, str]:
        row = frame.iloc[wrong[i]]
        said = f"the cell is blank, and goods go from {row['origin']} to {row['destination']} by"
        return f"{said} {' and '.join(named[wrong[i]])}", "name the mode in each row"

    findings.many(label, "mode", frame.index.to_numpy()[wrong], explain, kind="the mode is not clear")
    return spelled


def _modes_between(network: Network, frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the modes of the lanes that each row may go over, in the order of the network."""
    lanes, places, products = network.lanes, network.places.names, network.products.names
    n_p = len(places)
    wanted = places.codes(frame["origin"]) * n_p + places.codes(frame["destination"])
    pair = lanes.origin * n_p + lanes.destination
    near = np.nonzero(np.isin(pair, wanted))[0]
    found: dict[tuple[int, int], dict[int, None]] = {}
    for key, product, mode in zip(pair[near], lanes.product[near], lanes.mode[near], strict=True):
        found.setdefault((int(key), int(product)), {})[int(mode)] = None
    answers = []
    for key, product in zip(wanted, products.codes(frame["product"]), strict=True):
        both = {**found.get((int(key), BLANK), {}), **found.get((int(key), int(product)), {})}
        answers.append(tuple(lanes.modes[mode] for mode in sorted(both)))
    return answers


def _merged(frame: pd.DataFrame, label: str, findings: Findings) -> tuple[pd.DataFrame, IntArray]:
    """Return one row a flow, in the order in which they are first named, and the flow of each row typed."""
    groups = frame.groupby(KEY, sort=False, dropna=False)
    group: IntArray = np.asarray(groups.ngroup(), dtype=np.int64)
    summed = groups[["quantity", "vehicles", "spend"]].sum(min_count=1).reset_index()
    filled = frame["spend"].notna().to_numpy()
    some, every = (getattr(pd.Series(filled).groupby(group), name)().to_numpy() for name in ("any", "all"))
    lacking = ~filled & (some & ~every)[group]
    message = "the cell is blank, and another row of the same lane, product and period has it"
    rows = frame.index.to_numpy()[lacking]
    findings.many(label, "spend", rows, always(message, "fill in both or neither, or add the rows up"), kind=message)
    return summed, group


def _stocks(frame: pd.DataFrame, label: str, findings: Findings) -> pd.DataFrame:
    key = ["facility", "product", "period"]
    _refuse_twice(frame, key, label, findings)
    return frame[[*key, "stock"]].reset_index(drop=True)


def _sites(frame: pd.DataFrame, label: str, findings: Findings) -> pd.DataFrame:
    _refuse_twice(frame, ["name", "period"], label, findings)
    return frame[["name", "period", "spend"]].assign(open=frame["open"] == "yes").reset_index(drop=True)


def _refuse_twice(frame: pd.DataFrame, key: list[str], label: str, findings: Findings) -> None:
    again = frame.duplicated(key).to_numpy()
    message = f"an earlier row has the same {', '.join(key)}"
    findings.many(label, key[0], frame.index.to_numpy()[again], always(message, "keep one of them"), kind=message)


def _spread(network: Network, sites: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each site and period; a row that names the period wins over one that does not."""
    every = sites[sites["period"] == ""].drop(columns="period")
    every = every.merge(pd.DataFrame({"period": network.periods.names.array}), how="cross")
    both = pd.concat([every, sites[sites["period"] != ""]], ignore_index=True)
    return both.drop_duplicates(["name", "period"], keep="last")[["name", "period", "open", "spend"]]


def _spend(frame: pd.DataFrame, label: str, findings: Findings) -> pd.DataFrame:
    known = {fold(bucket): bucket for bucket in BUCKETS}
    parts: list[tuple[str, ...]] = []
    seen: dict[tuple[str, str], int] = {}
    for row, typed, period in zip(frame.index, frame["bucket"], frame["period"], strict=True):
        words = [word.strip() for word in str(typed).split("+")]
        wrong = [word for word in words if fold(word) not in known]
        buckets = tuple(dict.fromkeys(known[fold(word)] for word in words if fold(word) in known))
        parts.append(buckets)
        for word in wrong:
            near = closest(word, BUCKETS)
            fix = f"did you mean {near}?" if near else f"use {', '.join(BUCKETS)}, or several joined by +"
            findings.add(label, int(row), "bucket", f"{shown(word)} is not a bucket of cost", fix, kind="no bucket")
        for bucket in buckets:
            _refuse_overlap(bucket, str(period), int(row), seen, label, findings)
    typed_words = ["+".join(buckets) for buckets in parts]
    found = pd.DataFrame(
        {"label": typed_words, "period": frame["period"].to_numpy(), "spend": frame["spend"].to_numpy()}
    )
    found["buckets"] = pd.Series(parts, dtype=object)
    return found


def _refuse_overlap(
    bucket: str, period: str, row: int, seen: dict[tuple[str, str], int], label: str, findings: Findings
) -> None:
    """Note a bucket whose spend of a period was typed before, by itself, in a sum, or for the whole horizon."""
    clash = [at for (name, when), at in seen.items() if name == bucket and (when == period or not when or not period)]
    if clash:
        message = f"the spend of {bucket} stands in row {clash[0]} already" + (f" for {period}" if period else "")
        fix = "give each bucket once for the whole horizon, or once for each period"
        findings.add(label, row, "bucket", message, fix, kind="typed twice")
    seen.setdefault((bucket, period), row)


_READERS = {"actual_stocks": _stocks, "actual_sites": _sites, "actuals": _spend}
