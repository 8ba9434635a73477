"""Plans that are there already, side by side."""

from pathlib import Path

import pandas as pd
import pytest

import netopt
from netopt.errors import PlanError

ROOT = Path(__file__).parents[2]
TINY = ROOT / "data" / "tiny" / "network.csv"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("plans")
    network = netopt.read(TINY)
    made = {
        "today": network,
        "no-dallas": network.close_site("Dallas").edit("demand.unmet_cost=50"),
        "more/today": network.scale_demand(1.2),
    }
    for name, each in made.items():
        netopt.solve(each, gap=0).save(place / name)
    return {name: place / name for name in made}


def test_each_is_beside_the_first(folders: dict[str, Path]) -> None:
    study = netopt.compare([folders["today"], folders["no-dallas"]])
    assert [each.name for each in study.outcomes] == ["today", "no-dallas"]
    (beside,) = study.comparisons()
    assert (beside.before.name, beside.after.name) == ("today", "no-dallas")
    plans = [netopt.solve(each, gap=0) for each in (netopt.read(TINY), beside.after.network)]
    assert beside.change == pytest.approx(plans[1].cost - plans[0].cost)
    costs = beside.costs()
    assert (costs["price"] + costs["volume"] + costs["rerouting"]).sum() == pytest.approx(beside.change)
    assert study.audit().empty


def test_edits_of_a_plan_are_made_again(folders: dict[str, Path]) -> None:
    study = netopt.compare([folders["today"], folders["more/today"]])
    wanted = [each.network.demand["quantity"].sum() for each in study.outcomes]
    assert wanted[1] == pytest.approx(1.2 * wanted[0])
    assert "1 changed with --set" in study.outcomes[1].scenario.description


def test_folders_of_one_name_are_told_apart(folders: dict[str, Path]) -> None:
    study = netopt.compare([folders["today"], folders["more/today"], folders["no-dallas"]])
    names = [each.name for each in study.outcomes]
    assert names[1:] == ["more/today", "no-dallas"]
    assert names[0].endswith("/today")
    assert names[0] != "today"
    twice = netopt.compare([folders["today"], folders["today"]])
    assert len({each.name for each in twice.outcomes}) == 2


def test_plans_in_memory_and_names_of_ones_own(folders: dict[str, Path]) -> None:
    plan = netopt.solve(TINY, gap=0)
    study = netopt.compare({"as it is": plan, "without Dallas": folders["no-dallas"]})
    assert [each.name for each in study.outcomes] == ["as it is", "without Dallas"]
    assert study.compare("as it is", "without Dallas").closed() == ["Dallas"]
    assert [each.name for each in netopt.compare([plan, plan]).outcomes] == ["plan 1", "plan 2"]


def test_what_cannot_be_compared(folders: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="nothing to be compared with"):
        netopt.compare([folders["today"]])
    with pytest.raises(PlanError, match="is not a plan"):
        netopt.compare([folders["today"], tmp_path])
    euro = netopt.read(TINY)
    settings = pd.DataFrame({"key": ["currency"], "value": ["EUR"]})
    euro = euro.replace(settings=settings)
    with pytest.raises(PlanError, match="EUR and USD"):
        netopt.compare([folders["today"], netopt.solve(euro, gap=0)])
