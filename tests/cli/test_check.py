from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import DATA, Run


def test_sound_network_is_0(run: Run, tiny: Path, here: Path) -> None:
    result = run("check", tiny)
    assert result.exit_code == 0
    assert "lanes" in result.stdout
    assert "The data can be used, nothing odd." in result.stdout
    assert result.stdout.endswith("Next: netopt solve network.csv\n")
    assert [file.name for file in here.iterdir()] == ["network.csv"]


def test_proved_infeasible_is_3(run: Run) -> None:
    network = DATA / "tiny-infeasible" / "network.csv"
    result = run("check", network)
    assert result.exit_code == 3
    assert "No plan can exist" in result.stdout
    said = json.loads(run("check", network, "--json").stdout)
    assert said["status"] == "infeasible"
    assert "500" in said["reasons"][0]


def test_bad_data_is_2(run: Run, tiny: Path) -> None:
    tiny.write_text(tiny.read_text().replace(",200,1,", ",NaN,1,"))
    assert run("check", tiny).exit_code == 2
    assert json.loads(run("check", tiny, "--json").stdout)["status"] == "error"


def test_json_counts(run: Run, tiny: Path) -> None:
    said = json.loads(run("check", tiny, "--json").stdout)
    assert said["status"] == "ok"
    assert said["rows"]["lanes"] == 8
    assert said["network"]["possible flows"] == 8
    assert said["warnings"] == said["reasons"] == []


def test_warnings_do_not_change_the_exit_code(run: Run, tiny: Path) -> None:
    tiny.write_text(tiny.read_text() + "customers,Nobody" + "," * 22 + "\n")
    result = run("check", tiny)
    assert result.exit_code == 0
    assert "no demand for Nobody" in result.stdout
    assert "1 thing worth a look" in result.stdout
