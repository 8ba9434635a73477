"""`netopt compare`: plans side by side, on the terminal, as JSON and as files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import netopt
from netopt.cli.app import cli

TINY = Path(__file__).parents[2] / "data" / "tiny" / "network.csv"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    place = tmp_path_factory.mktemp("plans")
    network = netopt.read(TINY)
    netopt.solve(network, gap=0).save(place / "today")
    netopt.solve(network.close_site("Dallas").edit("demand.unmet_cost=50"), gap=0).save(place / "no-dallas")
    return place / "today", place / "no-dallas"


def test_what_it_says(plans: tuple[Path, Path]) -> None:
    done = run("compare", *plans)
    assert done.exit_code == 0, done.output
    costs = [json.loads((plan / "summary.json").read_text())["cost"] for plan in plans]
    change = costs[1] - costs[0]
    assert f"no-dallas costs {change:,.2f} USD more than today" in done.output
    assert "Closes Dallas." in done.output
    assert "passed" in done.output


def test_files_are_whole(plans: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "beside"
    assert run("compare", *plans, "--out", out, "--title", "<b>Q4</b>").exit_code == 0
    said = json.loads((out / "compare.json").read_text())
    assert [row["plan"] for row in said["plans"]] == ["today", "no-dallas"]
    page = (out / "compare.html").read_text()
    assert "&lt;b&gt;Q4&lt;/b&gt;" in page
    assert "<b>Q4" not in page
    assert sorted(said["files"]) == sorted(path.name for path in out.iterdir() if path.name != "compare.json")
    assert run("compare", *plans, "--out", out).exit_code == 0  # its own files are replaced
    (out / "mine.txt").write_text("kept")
    refused = run("compare", *plans, "--out", out)
    assert refused.exit_code == 2
    assert (out / "mine.txt").read_text() == "kept"


def test_json_alone(plans: tuple[Path, Path]) -> None:
    said = json.loads(run("compare", *plans, "--json").stdout)
    assert said["audit"] == "passed"
    assert said["plans"][1]["closes"] == "Dallas"


def test_a_plan_that_was_tampered_with(plans: tuple[Path, Path], tmp_path: Path) -> None:
    import shutil

    bad = tmp_path / "bad"
    shutil.copytree(plans[0], bad)
    flows = (bad / "flows.csv").read_text().splitlines()
    cells = flows[1].split(",")
    cells[flows[0].split(",").index("quantity")] = "1"
    flows[1] = ",".join(cells)
    (bad / "flows.csv").write_text("\n".join(flows) + "\n")
    done = run("compare", plans[0], bad, "--network", TINY)
    assert done.exit_code == 1
    assert "FAILED" in done.output


def test_not_a_plan(plans: tuple[Path, Path], tmp_path: Path) -> None:
    done = run("compare", plans[0], tmp_path)
    assert done.exit_code == 2
    assert "is not a plan" in done.output
