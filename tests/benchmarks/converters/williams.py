"""H. P. Williams, "Distribution" 1 and 2: factories, depots, customers, missing lanes, direct lanes."""

from __future__ import annotations

import json

import pandas as pd

from tests.benchmarks.converters._text import Tables
from tests.benchmarks.locate import family_folder

COUNTED = "depots"  # region of the depots that the limit on their number counts
EXPANSION = "expansion"  # region of the site that stands for the expansion: open or not, it is no further depot


def williams_distribution(instance: str, variant: str = "") -> Tables:
    """Read Williams' Distribution 1 or 2 (Model Building in Mathematical Programming).

    Factories are plants whose capacity bounds what leaves them; depots are dcs whose capacity bounds what enters.

    Distribution 2 lets depots open and close, and one grow:

    * a new depot (Bristol, Northampton) is `consider`, and its cost is an `opening_cost`, paid once;
    * an existing depot that may close (Newcastle, Exeter) is `consider` and `existing`. What closing saves is the
      `fixed_cost` of keeping it. The book's objective counts the saving as money back, so
      **published value = cost − `credit`** (see `credit`);
    * a depot that always stays is `open`;
    * the expansion of Birmingham is one more candidate site, "Birmingham expansion", on the same lanes, with the extra
      20,000 as capacity and the cost of expanding as `fixed_cost`. As Birmingham itself always stays open, that is the
      same choice;
    * at most four depots: a row of `limits` on region "depots", where the expansion, in a region of its own, does not
      count.

    Parameters
    ----------
    instance : {"distribution1", "distribution2"}
        Which of the two.
    variant : str
        Not used: there is one problem per file.

    Returns
    -------
    dict of str to DataFrame
        Tables facilities, customers, demand, lanes, and for Distribution 2 limits.
    """
    data = json.loads((family_folder("williams_distribution") / f"{instance}.json").read_text(encoding="utf-8"))
    factories = pd.DataFrame({"name": list(data["supply"]), "type": "plant", "capacity": list(data["supply"].values())})
    depots = pd.DataFrame({"name": list(data["through"]), "type": "dc", "capacity": list(data["through"].values())})
    lanes = pd.DataFrame(data["lanes"], columns=["origin", "destination", "unit_cost"])
    tables: Tables = {
        "customers": pd.DataFrame({"name": list(data["demand"])}),
        "demand": pd.DataFrame({"customer": list(data["demand"]), "quantity": list(data["demand"].values())}),
    }
    if "expand" in data:
        depots = _choices(depots, data["open_cost"], data["always_open"])
        depots, lanes = _expanded(depots, lanes, **data["expand"])
        tables["limits"] = pd.DataFrame([{"what": "open_sites", "region": COUNTED, "at_most": data["max_depots"]}])
    tables["facilities"] = pd.concat([factories, depots], ignore_index=True)
    tables["lanes"] = lanes
    return tables


def credit(instance: str) -> float:
    """Return what the published value subtracts from the cost: the savings of closing every depot that may close.

    Parameters
    ----------
    instance : {"distribution1", "distribution2"}
        Which of the two.

    Returns
    -------
    float
        Money; 0 for Distribution 1.
    """
    data = json.loads((family_folder("williams_distribution") / f"{instance}.json").read_text(encoding="utf-8"))
    return float(data.get("credit", 0))


# The file gives one cost per depot and does not say which depots exist already; the book does.
_EXISTING = {"Newcastle", "Birmingham", "London", "Exeter"}


def _choices(depots: pd.DataFrame, cost: dict[str, float], always_open: list[str]) -> pd.DataFrame:
    existing = depots["name"].isin(_EXISTING)
    price = depots["name"].map(cost).astype(float)
    return depots.assign(
        status=depots["name"].isin(always_open).map({True: "open", False: "consider"}),
        initial=existing.map({True: "existing", False: "potential"}),
        region=COUNTED,
        fixed_cost=price.where(existing, 0.0),
        opening_cost=price.where(~existing, 0.0),
    )


def _expanded(
    depots: pd.DataFrame, lanes: pd.DataFrame, depot: str, extra: float, cost: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    name = f"{depot} expansion"
    twin: dict[str, object] = {
        "name": name,
        "type": "dc",
        "capacity": extra,
        "status": "consider",
        "initial": "potential",
        "region": EXPANSION,
        "fixed_cost": float(cost),
        "opening_cost": 0.0,
    }
    touching = lanes[(lanes["origin"] == depot) | (lanes["destination"] == depot)].replace({depot: name})
    return (
        pd.concat([depots, pd.DataFrame([twin])], ignore_index=True),
        pd.concat([lanes, touching], ignore_index=True),
    )
