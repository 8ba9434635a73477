from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path

import networkx as nx
import pytest

import netopt
from netopt.errors import PlanError
from netopt.formulation.pyomo import write_model
from netopt.network import Network, graph
from netopt.plan import Plan
from netopt.report.export import write_export
from netopt.report.files import appearing
from netopt.report.graph import numbered_graph
from tests.report.conftest import DATA

highspy = pytest.importorskip("highspy")

RENO = ("Reno", "Boise", "truck")


@pytest.mark.parametrize("kind", ["lp", "mps"])
@pytest.mark.parametrize(("name", "cost"), [("tiny", 3780), ("tiny-periods", 4290)])
def test_program_is_solved_by_another_reader(tmp_path: Path, kind: str, name: str, cost: float) -> None:
    network = netopt.read(DATA / name / "network.csv")
    written = write_export(network, tmp_path / f"a.{kind}", kind)
    highs = highspy.Highs()
    highs.silent()
    highs.readModel(str(written[0]))
    highs.run()
    assert highs.getInfo().objective_function_value == pytest.approx(cost)
    with written[1].open(newline="") as file:
        meanings = {row["name"]: row["meaning"] for row in csv.DictReader(file)}
    columns, rows = highs.getLp().col_names_, highs.getLp().row_names_
    assert set(columns) | set(rows) <= set(meanings)
    assert any(meaning.startswith("flow[Reno,Boise") for meaning in meanings.values())


@pytest.mark.parametrize("kind", ["lp", "mps"])
def test_names_in_the_program_are_safe(tmp_path: Path, kind: str) -> None:
    text = (DATA / "tiny" / "network.csv").read_text()
    (tmp_path / "n.csv").write_text(text.replace("Reno", "São Paulo [x]: a+b>=3").replace("tea", "end"))
    write_export(netopt.read(tmp_path / "n.csv"), tmp_path / "a", kind)
    written = (tmp_path / "a").read_text()
    assert written.isascii()
    assert "Paulo" not in written
    assert "São Paulo [x]: a+b>=3" in (tmp_path / "a.names.csv").read_text(encoding="utf-8")


def test_program_is_written_alike_each_time(tmp_path: Path, network: Network) -> None:
    for kind in ("lp", "mps"):
        texts = {write_export(network, tmp_path / f"{i}.{kind}", kind)[0].read_text() for i in range(2)}
        assert len(texts) == 1


def test_rows_with_two_sides_have_two_names(tmp_path: Path) -> None:
    pyo = pytest.importorskip("pyomo.environ")
    model = pyo.ConcreteModel()
    model.x = pyo.Var([1, 2], bounds=(0, 9))
    model.both = pyo.Constraint(expr=(1, model.x[1] + model.x[2], 5))
    model.total = pyo.Objective(expr=model.x[1] - model.x[2])
    for kind in ("lp", "mps"):
        names = write_model(model, tmp_path / f"a.{kind}").read_text()
        assert "r_l_both_,row,both" in names
        assert set(re.findall(r"r_[lu]_both_", (tmp_path / f"a.{kind}").read_text())) == {"r_l_both_", "r_u_both_"}
    with pytest.raises(ValueError, match=r"use \.lp or \.mps"):
        write_model(model, tmp_path / "a.txt")


def test_graph_has_the_numbers_of_its_lanes(network: Network) -> None:
    found = numbered_graph(network)
    lane = found.edges[RENO]
    assert (lane["unit_cost"], lane["mode"]) == (3, "truck")
    assert "capacity" not in lane  # no limit
    assert lane["distance"] > 0
    assert found.nodes["Reno"]["capacity"] == 200
    assert found.nodes["Reno"]["status"] == "consider"
    assert found.nodes["Boise"]["demand"] == 100
    assert "unit_cost" not in network.graph.edges[RENO]  # a copy


def test_graphml_reads_back(tmp_path: Path, network: Network) -> None:
    write_export(network, tmp_path / "a.graphml", "graphml")
    found = nx.read_graphml(tmp_path / "a.graphml", force_multigraph=True)
    assert found.number_of_edges() == 8
    assert found.edges[RENO]["unit_cost"] == 3


def test_node_link_reads_back(tmp_path: Path, network: Network) -> None:
    write_export(network, tmp_path / "a.json", "json")
    found = nx.node_link_graph(json.loads((tmp_path / "a.json").read_text()), edges="edges")
    assert found.is_multigraph()
    assert found.edges[RENO]["unit_cost"] == 3
    assert nx.shortest_path_length(found, "Oakland", "Boise", "unit_cost") == 4


@pytest.fixture
def large(network: Network, monkeypatch: pytest.MonkeyPatch) -> Network:
    """The same network, as one that has too many lanes for a graph."""
    monkeypatch.setattr(graph, "MOST_LANES", 3)
    return network


def test_too_many_lanes_are_left_out_and_it_is_said(tmp_path: Path, large: Network) -> None:
    write_export(large, tmp_path / "a.graphml", "graphml")
    write_export(large, tmp_path / "a.json", "json")
    write_export(large, tmp_path / "a.geojson", "geojson")
    for found in (
        nx.read_graphml(tmp_path / "a.graphml"),
        nx.node_link_graph(json.loads((tmp_path / "a.json").read_text()), edges="edges"),
    ):
        assert found.nodes["Reno"]["capacity"] == 200
        assert found.number_of_edges() == 0
        assert found.graph["lanes_left_out"] == 8
    content = json.loads((tmp_path / "a.geojson").read_text())
    assert content["lanes_left_out"] == 8
    assert {f["geometry"]["type"] for f in content["features"]} == {"Point"}


def test_a_plan_says_which_of_too_many_lanes_are_there(tmp_path: Path, plan: Plan, large: Network) -> None:
    plan.save(tmp_path / "plan")
    write_export(large, tmp_path / "a.graphml", "graphml", tmp_path / "plan")
    write_export(large, tmp_path / "a.json", "json", tmp_path / "plan")
    write_export(large, tmp_path / "a.geojson", "geojson", tmp_path / "plan")
    flows = plan.flows().groupby(["origin", "destination", "mode"])["quantity"].sum()
    for found in (
        nx.read_graphml(tmp_path / "a.graphml", force_multigraph=True),
        nx.node_link_graph(json.loads((tmp_path / "a.json").read_text()), edges="edges"),
    ):
        carried = {(tail, head, key): units for tail, head, key, units in found.edges(keys=True, data="quantity")}
        assert carried == flows.to_dict()
        assert all(lane["unit_cost"] > 0 for _, _, lane in found.edges(data=True))
        assert found.graph["lanes_left_out"] == 8 - len(flows)
    content = json.loads((tmp_path / "a.geojson").read_text())
    assert "lanes_left_out" not in content  # only what flows is shown, of a small network too
    assert sum(f["geometry"]["type"] == "LineString" for f in content["features"]) == len(flows)


def test_a_plan_says_what_the_lanes_of_a_graph_carry(tmp_path: Path, plan: Plan, network: Network) -> None:
    plan.save(tmp_path / "plan")
    write_export(network, tmp_path / "a.json", "json", tmp_path / "plan")
    found = nx.node_link_graph(json.loads((tmp_path / "a.json").read_text()), edges="edges")
    assert found.number_of_edges() == 8
    assert sum(units for _, _, units in found.edges(data="quantity", default=0)) == plan.flows()["quantity"].sum()
    assert found.graph == {}


def test_blocks_of_lanes_do_not_show(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = numbered_graph(network)
    monkeypatch.setattr("netopt.report.graph._BLOCK", 3)
    assert dict(numbered_graph(network).edges) == dict(whole.edges)


def test_geojson_is_longitude_first(tmp_path: Path, network: Network) -> None:
    write_export(network, tmp_path / "a.geojson", "geojson")
    content = json.loads((tmp_path / "a.geojson").read_text())
    by_name = {f["properties"].get("name"): f for f in content["features"]}
    assert by_name["Reno"]["geometry"] == {"type": "Point", "coordinates": [-119.8138, 39.5296]}
    lines = [f for f in content["features"] if f["geometry"]["type"] == "LineString"]
    assert len(lines) == 8
    assert all(math.isfinite(x) for f in lines for point in f["geometry"]["coordinates"] for x in point)


def test_geojson_leaves_out_places_without_coordinates(tmp_path: Path) -> None:
    text = (DATA / "tiny" / "network.csv").read_text().replace("43.6135,-116.2035", ",")
    (tmp_path / "n.csv").write_text(text)
    write_export(netopt.read(tmp_path / "n.csv"), tmp_path / "a.geojson", "geojson")
    content = json.loads((tmp_path / "a.geojson").read_text())
    assert "Boise" not in {f["properties"].get("name") for f in content["features"]}
    assert sum(f["geometry"]["type"] == "LineString" for f in content["features"]) == 6


def test_geojson_of_a_plan_has_its_flows(tmp_path: Path, plan: Plan) -> None:
    plan.save(tmp_path / "plan")
    write_export(plan.network, tmp_path / "a.geojson", "geojson", tmp_path / "plan")
    content = json.loads((tmp_path / "a.geojson").read_text())
    lines = [f["properties"] for f in content["features"] if f["geometry"]["type"] == "LineString"]
    assert sum(line["quantity"] for line in lines if line["origin"] == "Oakland") == pytest.approx(300)
    reno = next(f for f in content["features"] if f["properties"].get("name") == "Reno")
    assert reno["properties"]["open"] is True
    with pytest.raises(PlanError, match="not a plan"):
        write_export(plan.network, tmp_path / "b.geojson", "geojson", tmp_path)


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("before")

    def half() -> None:
        with appearing(tmp_path / "a.txt") as file:
            file.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "before"
