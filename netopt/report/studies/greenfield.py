"""Candidates from nowhere as tables and sentences, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netopt.report.console import TextTable
from netopt.report.studies.study import signed
from netopt.report.words import amount, at_most, count, listed, money
from netopt.study.greenfield.greenfield import WITHOUT
from netopt.study.greenfield.weber import angles

if TYPE_CHECKING:
    from netopt.study.greenfield.greenfield import Greenfield
    from netopt.study.study import Study

__all__ = ["NOTE", "gains_table", "greenfield_answer", "method_words", "places_table", "rows_table"]

NOTE = (
    "Of the customers that a site would serve, beside today's sites where there are any. Distance: the mean road "
    "distance of a unit from its site. Weighted: what distance costs, in and out, by a line through the rates. "
    "Transport: what the cheapest lanes ask, in and out, whatever the capacities."
)

_TYPED = ("fixed_cost", "opening_cost", "capacity", "handling_cost")
_WORDS = ("site", "country", "region")
_AT = 1e-6
"""Radians within which a customer is at a site."""


def greenfield_answer(found: Greenfield) -> tuple[str, list[str]]:
    """Return the answer in a few words, and the sentences that explain it."""
    before, after = found.total("distance")
    new = f"{count(len(found.sites), 'new site')} of type {found.model.kind}"
    unit = found.model.network.settings.distance_unit
    if np.isfinite(before) and not len(found.fixed):
        today = count(len(found.model.today), "site")
        short = f"{new} alone: {after:,.0f} {unit} in the mean, beside {before:,.0f} from today's {today}"
    elif np.isfinite(before):
        verb = "brings" if len(found.sites) == 1 else "bring"
        short = f"{new} {verb} the mean distance from {before:,.0f} to {after:,.0f} {unit}"
    else:
        short = f"{new}, {after:,.0f} {unit} from a customer's unit in the mean"
    if found.study is None:
        return short, [*_fewer(found), *_weighed(found), *_sure(found)]
    head = _solved_head(found, found.study)
    return head, [*_solved(found, found.study), f"{short}.", *_fewer(found), *_weighed(found), *_sure(found)]


def _currency(found: Greenfield) -> str:
    return str(found.model.network.settings.currency or "")


def _fewer(found: Greenfield) -> Iterator[str]:
    """Yield that fewer sites are proposed than were asked for, and why, where it is so."""
    asked, proposed = found.asked, len(found.sites)
    if proposed == asked:
        return
    verb = "is" if proposed == 1 else "are"
    yield (
        f"{asked:,} were asked for and {proposed:,} {verb} proposed: the search found no place where one more would "
        "lower what distance costs."
    )
    places = np.vstack([found.found.centres, found.model.vectors(found.fixed)])
    if (angles(found.model.pull.customers, places).min(axis=1) < _AT).all():
        yield "Every customer is at an exact centre or a site that stays."


def _weighed(found: Greenfield) -> Iterator[str]:
    """Yield what distance and lanes cost, before and after."""
    before, after = found.total("weighted")
    now = money(after, _currency(found))
    instead = f" instead of {money(before, scale=after)} from today's sites" if np.isfinite(before) else ""
    yield f"Distance costs {now}{instead}: that, and nothing else, is what was made small."
    before, after = found.total("transport")
    if np.isfinite(before):
        less = "less" if after <= before else "more"
        change = f"{money(abs(after - before), scale=after)} {less} than from today's sites"
        yield f"By the lanes, transport costs {change}, whatever the capacities."
    left = int((~found.reached).sum())
    if left:
        yield f"No lanes bring {count(left, 'customer')} all that they want, before or after; they are not in that."


def method_words(found: Greenfield) -> list[str]:
    """Return what the places rest on: the rate, the sources, what was left out, and whose costs the rows have."""
    return [*_how(found), *found.words]


def _how(found: Greenfield) -> Iterator[str]:
    """Yield the rate that was used, the sources, what was left out, and what the move to real places costs."""
    model, unit = found.model, found.model.network.settings.distance_unit
    yield f"A unit costs {model.slope:.3g} {_currency(found)} per {unit} to customers in the mean.".replace("  ", " ")
    if len(model.sources):
        yield f"Goods come from {listed([model.network.facilities.names[int(at)] for at in model.sources])}."
    if len(found.fixed):
        stay = listed([model.network.facilities.names[int(at)] for at in found.fixed])
        yield f"{stay} {'stays and takes' if len(found.fixed) == 1 else 'stay and take'} part."
    _, after = found.total("weighted")
    if any(site.city is not None for site in found.sites) and found.exact > 0:
        more = after / found.exact - 1
        change = f"{at_most(more)} more" if more > 0 else "no more"
        yield f"From the exact centres to real places distance costs {change}."
    if model.unplaced:
        yield f"{count(model.unplaced, 'customer')} without coordinates {_was(model.unplaced)} left out."
    if model.unpriced:
        yield f"{count(model.unpriced, 'customer')} whom no rate reaches {_was(model.unpriced)} left out."


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _sure(found: Greenfield) -> Iterator[str]:
    """Yield how sure the places are, and what they are not."""
    ends = found.found
    yield (
        f"This is the best end of {count(ends.starts, 'start')}, {ends.agreeing:,} of which came to it: a local "
        "optimum, and no proof that no other places are better."
    )
    if found.study is None:
        yield "Fixed costs, capacities and promises were not looked at: --solve says whether to open the sites."


def _solved_head(found: Greenfield, study: Study) -> str:
    if not study.base.found:
        return "There is no plan with the new sites"
    opened = [site.name for site in found.sites if site.name in study.base.open_sites()]
    if found.saving is None:
        return f"{listed(opened) or 'None of the new sites'} would open, and there is no plan without"
    if not opened:
        return "None of the new sites is worth opening"
    if found.saving <= 0:
        return "The new sites save nothing that the gap can tell"
    verb = "saves" if len(opened) == 1 else "save"
    return f"{listed(opened)} {verb} {money(found.saving, _currency(found), study.base.cost)}"


def _solved(found: Greenfield, study: Study) -> Iterator[str]:
    """Yield what the plans with and without the new sites say."""
    if found.saving is None:
        for outcome in study.outcomes:
            if not outcome.found:
                name = "with the new sites" if outcome is study.base else WITHOUT
                yield f"There is no plan {name}: it is {outcome.summary['status']}."
        return
    without, scale = study[WITHOUT], study.base.cost
    cost = money(scale, _currency(found))
    yield f"The plan costs {cost} with the new sites to choose from, {money(without.cost, scale=scale)} without."
    least, most = without.bound - study.base.cost, without.cost - study.base.bound
    if np.isfinite(least) and np.isfinite(most):
        proved = f"{money(max(least, 0.0), scale=scale)} to {money(most, scale=scale)}"
        yield f"Between the cheapest plans, being able to open them saves {proved}, proved."
    shut = [site.name for site in found.sites if site.name not in study.base.open_sites()]
    if shut and len(shut) < len(found.sites):
        yield f"Not opened: {listed(shut)}."


def gains_table(found: Greenfield, *, whole: bool = True) -> TextTable:
    """Return a row for each new site: whom it would serve, and what that changes beside today's sites.

    Parameters
    ----------
    found : Greenfield
        What is shown.
    whole : bool
        Whether customers are counted, too.
    """
    unit, table = found.model.network.settings.distance_unit, found.table()
    scale = float(np.nanmax([table[f"{name}_after"].abs().max() for name in ("weighted", "transport")] + [0.0]))
    rows = []
    for row in table.to_dict("records"):
        cells = {
            "site": str(row["site"]),
            "customers": amount(row["customers"]),
            "units": amount(row["units"]),
            f"{unit} today": _whole(row["distance_before"]),
            f"{unit} then": _whole(row["distance_after"]),
        }
        for name in ("weighted", "transport"):
            before, after = row[f"{name}_before"], row[f"{name}_after"]
            cells[name] = signed(after - before, scale) if np.isfinite(after - before) else _money(after, scale)
        if found.before is None:
            del cells[f"{unit} today"]
        if not whole:
            del cells["customers"]
        rows.append(cells)
    return _table(rows)


def _whole(value: float) -> str:
    return f"{value:,.0f}" if np.isfinite(value) else ""


def _money(value: float, scale: float) -> str:
    return money(value, scale=scale) if np.isfinite(value) else ""


def places_table(found: Greenfield) -> TextTable:
    """Return a row for each new site: where it is, and how far from where distance would cost least."""
    unit = found.model.network.settings.distance_unit
    rows = [
        {
            "site": str(row["site"]),
            "latitude": f"{row['latitude']:.4f}",
            "longitude": f"{row['longitude']:.4f}",
            f"{unit} off": _whole(row["moved"]) if row["place"] else "",
            "people": _whole(row["population"]),
            "country": str(row["country"]),
            "region": str(row["region"]),
        }
        for row in found.table().to_dict("records")
    ]
    return _table(rows)


def rows_table(found: Greenfield) -> TextTable:
    """Return a row for each new site: what its row in facilities says, and whether a plan opens it."""
    typed, table = found.rows["facilities"].drop_duplicates("name").set_index("name"), found.table()
    rows = []
    for row in table.to_dict("records"):
        name = str(row["site"])
        cells = {"site": name} | {column.replace("_", " "): _cell(typed, name, column) for column in _TYPED}
        if found.study is not None:
            cells["in the plan"] = _in_plan(row)
        rows.append(cells)
    return _table(rows)


def _in_plan(row: Mapping[Any, Any]) -> str:
    """Return how many units pass through a site in the plan."""
    return amount(row["throughput"]) if row["opens"] == "yes" else "not open" if row["opens"] else ""


def _table(rows: list[dict[str, str]]) -> TextTable:
    """Return rows without the columns that are blank in all of them."""
    used = [name for name in rows[0] if any(row[name] for row in rows)]
    kinds = {name: "name" if name in _WORDS else "number" for name in used}
    return TextTable(kinds, [[row[name] for name in used] for row in rows])


def _cell(typed: pd.DataFrame, name: str, column: str) -> str:
    """Return a number of a new row as words; a capacity that is blank is no limit."""
    value = float(typed[column][name]) if column in typed else np.nan
    if column == "capacity":
        return amount(value) if np.isfinite(value) else "no limit"
    return money(value) if np.isfinite(value) else ""
