from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from netopt.cli.baseline import baseline
from netopt.report.studies.baseline_page import FILES
from tests.cli.conftest import DATA

FLOWS = """origin,destination,mode,quantity,spend
Oakland,Dallas,truck,300,1200
Dallas,Boise,truck,100,900
Dallas,Phoenix,truck,120,720
Dallas,Austin,truck,80,160
"""


@pytest.fixture
def flows(here: Path) -> Path:
    (here / "flows.csv").write_text(FLOWS)
    (here / "spend.csv").write_text("bucket,spend\ntransport,3000\n")
    return Path("flows.csv")


def run(*words: object) -> Result:
    return CliRunner().invoke(baseline, [str(word) for word in words], standalone_mode=False)


def code(result: Result) -> int:
    """The exit code that the group makes of it."""
    assert result.exception is None, result.exception
    return int(result.return_value or 0)


def test_what_it_prints(tiny: Path, flows: Path) -> None:
    result = run(tiny, flows, "--actuals", "spend.csv", "--gap", 0, "-o", "out")
    assert code(result) == 0
    said = " ".join(result.stdout.split())
    assert "4,230.00 USD as the network is run today" in said
    assert "3,780.00 USD: 450.00 USD less than as run (10.6%), and no such plan costs less. Opens: Reno." in said
    assert "transport 2,880.00 3,000.00 +120.00 +4.2%" in said
    assert "+100.00 by what was paid on the lanes, +20.00 on no flow" in said
    assert "Dallas to Boise by truck 100 8.00 9.00 +100.00" in said
    assert "Files: out/" in said
    assert result.stderr == "netopt: best flows: 4,230\nnetopt: best sites: 3,780\n"


def test_the_folder_is_whole_and_is_replaced(tiny: Path, flows: Path, here: Path) -> None:
    assert code(run(tiny, flows, "-q", "-o", "out", "--actuals", "spend.csv")) == 0
    assert {path.name for path in (here / "out").iterdir()} == set(FILES)
    assert pd.read_csv(here / "out" / "tie_out.csv").loc[0, "variance"] == 120
    assert pd.read_csv(here / "out" / "savings.csv").query("bucket == 'total'")["saving"].tolist() == pytest.approx([0, 450, 450])
    first = (here / "out" / "baseline.html").read_text()
    assert code(run(tiny, flows, "-q", "-o", "out", "--value-only")) == 0
    assert (here / "out" / "baseline.html").read_text() != first
    assert sorted(path.name for path in here.iterdir()) == ["flows.csv", "network.csv", "out", "spend.csv"]


def test_a_folder_of_something_else_is_left_alone(tiny: Path, flows: Path, here: Path) -> None:
    (here / "mine").mkdir()
    (here / "mine" / "letter.txt").write_text("dear")
    for name in ("mine", "flows.csv"):
        result = run(tiny, flows, "-o", name)
        assert result.exception is not None
        assert result.exception.code == 2  # type: ignore[attr-defined]
    assert [path.name for path in (here / "mine").iterdir()] == ["letter.txt"]


def test_json_alone(tiny: Path, flows: Path) -> None:
    result = run(tiny, flows, "--json", "--gap", 0, "--discount-rate", 0.1, "--years", 3)
    told = json.loads(result.stdout)
    assert [column["cost"] for column in told["columns"]] == pytest.approx([4230, 4230, 3780])
    assert told["savings"][-1]["saving"] == pytest.approx(450)
    assert told["finance"][-1]["rate"] == 0.1
    assert told["finance"][-1]["years"] == 3
    assert told["finance"][0]["irr"] is None
    assert told["forbidden"] == {"findings": 0, "by_rule": {}}
    assert len(told["input_sha256"]) == 64


def test_wrong_tables_are_refused_before_anything_is_solved(tiny: Path, flows: Path, here: Path) -> None:
    flows.write_text(FLOWS.replace("Dallas,Boise", "Dalas,Boise").replace("80,160", "-8,160"))
    result = run(tiny, flows, "-o", "out")
    assert [str(problem) for problem in result.exception.problems] == [  # type: ignore[union-attr]
        "flows.csv row 5, quantity: -8 is negative; use 0 or more"
    ]
    flows.write_text(FLOWS.replace("Dallas,Boise", "Dalas,Boise"))
    result = run(tiny, flows, "-o", "out")
    assert [str(problem) for problem in result.exception.problems] == [  # type: ignore[union-attr]
        'flows.csv row 3, origin: "Dalas" is not a facility of the network; did you mean Dallas? '
        "Otherwise add it to the network"
    ]
    assert not (here / "out").exists()


def test_sites_that_cannot_do_it_are_3_and_all_else_is_said(here: Path, flows: Path) -> None:
    result = run(DATA / "tiny-infeasible" / "network.csv", flows)
    assert code(result) == 3
    assert "cannot meet the demand within their limits" in " ".join(result.stdout.split())
    assert "What the model forbids" in result.stdout


def test_the_network_may_be_changed_first(tiny: Path, flows: Path) -> None:
    result = run(tiny, flows, "--json", "--value-only", "--set", "facilities.Dallas.fixed_cost=1000")
    assert json.loads(result.stdout)["columns"][0]["cost"] == pytest.approx(4230 + 550)


def test_flows_that_are_forbidden_name_their_row(tiny: Path, flows: Path) -> None:
    flows.write_text(FLOWS.replace("Dallas,Austin,truck", "Dallas,Austin,rail"))
    result = run(tiny, flows, "--value-only")
    assert code(result) == 0
    said = " ".join(result.stdout.split())
    assert "flows.csv row 5: 80 units of tea go from Dallas to Austin by rail, and there is no such lane" in said
    assert "1 flow without a rate in the network: counted at what was paid, 160.00 USD" in said
