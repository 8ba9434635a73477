from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize("name", ["a.lp", "a.mps", "a.graphml", "a.json", "a.geojson"])
def test_formats_by_ending(run: Run, tiny: Path, here: Path, name: str) -> None:
    result = run("export", tiny, name)
    assert result.exit_code == 0, result.output
    written = {file.name for file in here.iterdir()} - {"network.csv"}
    assert written == ({name, f"{name}.names.csv"} if name.endswith(("lp", "mps")) else {name})
    assert all((here / file).stat().st_size for file in written)


def test_format_by_option(run: Run, tiny: Path, here: Path) -> None:
    assert run("export", tiny, "a.txt", "--format", "lp").exit_code == 0
    assert {file.name for file in here.iterdir()} == {"network.csv", "a.txt", "a.txt.names.csv"}


def test_plan_on_a_map(run: Run, tiny: Path, here: Path) -> None:
    run("solve", tiny, "-q")
    assert run("export", tiny, "a.geojson", "--plan", "network-plan").exit_code == 0
    content = json.loads((here / "a.geojson").read_text())
    flows = [f["properties"]["quantity"] for f in content["features"] if f["geometry"]["type"] == "LineString"]
    assert sum(flows) == pytest.approx(600)


@pytest.mark.parametrize("kind", ["graphml", "json", "geojson"])
def test_lanes_that_are_left_out_are_told_of(
    run: Run, tiny: Path, here: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    run("solve", tiny, "-q")
    assert "places alone" not in run("export", tiny, f"a.{kind}").output
    monkeypatch.setattr("netopt.network.graph.MOST_LANES", 7)
    said = run("export", tiny, f"b.{kind}").output
    assert "places alone, as 8 lanes are too many" in said
    assert "--plan" in said
    result = run("export", tiny, f"c.{kind}", "--plan", "network-plan")
    assert result.exit_code == 0
    assert "places alone" not in result.output


def test_nothing_is_overwritten_without_force(run: Run, tiny: Path) -> None:
    before = tiny.read_text()
    assert run("export", tiny, tiny, "--format", "lp").exit_code == 2
    assert tiny.read_text() == before
    assert run("export", tiny, "a.json").exit_code == run("export", tiny, "a.json", "--force").exit_code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("a.what",),
        ("a.lp", "--plan", "x"),
        ("a.geojson", "--plan", "none"),
        ("none/a.lp",),
        ("a.lp", "--format", "xls"),
    ],
)
def test_wrong_use_is_2_and_writes_nothing(run: Run, tiny: Path, here: Path, words: tuple[str, ...]) -> None:
    assert run("export", tiny, *words).exit_code == 2
    assert [file.name for file in here.iterdir()] == ["network.csv"]
