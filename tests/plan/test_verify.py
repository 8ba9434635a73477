"""A plan is checked again from its files: one altered digit anywhere is found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import netopt
from netopt.network import Network
from netopt.plan.folder import write_plan
from netopt.plan.tables import PLAN_TABLES
from netopt.plan.verify import verify
from tests.plan.rich import alter, forge, rich, rich_plan

DATA = Path(__file__).resolve().parents[2] / "data"

NUMBERS = {
    "flows": ("quantity", "vehicles", "cost", "days", "emissions"),
    "sites": ("open", "throughput", "utilization", "cost", "opened", "closed"),
    "inventory": ("stock", "cost"),
    "costs": ("cost",),
    "service": ("demand", "delivered", "on_time", "promise_days", "average_days"),
    "prices": ("price",),
    "unmet": ("quantity", "cost"),
    "purchases": ("quantity", "cost"),
}
WORDS = {
    "flows": ("origin", "destination", "mode", "product", "period", "arrival"),
    "sites": ("name", "type", "period"),
    "inventory": ("facility",),
    "costs": ("bucket",),
    "service": ("customer", "sources"),
    "prices": ("words", "what"),
    "unmet": ("customer",),
    "purchases": ("facility",),
}
EVERY = [(table, column) for table, columns in NUMBERS.items() for column in columns]
AUDITED = [(t, c) for t, c in EVERY if t not in ("service", "prices") and c not in ("days", "emissions", "opened", "closed")]


@pytest.fixture(scope="module")
def network() -> Network:
    return netopt.read(rich())


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(rich_plan(), tmp_path_factory.mktemp("saved") / "plan")


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "plan"))


def test_a_good_plan(folder: Path, network: Network) -> None:
    assert verify(folder, network) == []


def test_every_numeric_column_is_tried(folder: Path) -> None:
    from netopt.plan.folder import read_plan_table

    for name in PLAN_TABLES:
        numeric = read_plan_table(folder / f"{name}.csv").select_dtypes("number").dropna(axis=1, how="all")
        assert set(numeric.columns) == set(NUMBERS[name]), name


@pytest.mark.parametrize(("table", "column"), EVERY)
def test_one_altered_digit(folder: Path, network: Network, table: str, column: str) -> None:
    assert alter(folder / f"{table}.csv", column)
    assert f"{table}.csv was altered since the plan was written" in verify(folder, network)


@pytest.mark.parametrize(("table", "column"), [(t, c) for t, columns in WORDS.items() for c in columns])
def test_one_altered_word(folder: Path, network: Network, table: str, column: str) -> None:
    path = folder / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    at = lines[0].split(",").index(column)
    cells = lines[1].split(",")
    cells[at] = "Z" + cells[at]
    path.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]), encoding="utf-8")
    assert f"{table}.csv was altered since the plan was written" in verify(folder, network)


@pytest.mark.parametrize(("table", "column"), AUDITED)
def test_a_forged_digit_with_a_proof_to_match(folder: Path, network: Network, table: str, column: str) -> None:
    path = folder / f"{table}.csv"
    lines = [line.split(",") for line in path.read_text(encoding="utf-8").strip("\n").split("\n")]
    at = lines[0].index(column)
    row = next(row for row in lines[1:] if row[at] not in ("", "0"))
    row[at] = repr(float(row[at]) * 1.01 + 1)
    path.write_text("\n".join(",".join(row) for row in lines) + "\n", encoding="utf-8")
    forge(folder)
    problems = verify(folder, network)
    assert problems
    assert not [line for line in problems if "altered since" in line]


@pytest.mark.parametrize("key", ["cost", "bound", "gap", "demand", "demand_met", "seconds", "on_time"])
def test_a_figure_of_the_summary(folder: Path, network: Network, key: str) -> None:
    path = folder / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    summary[key] = summary[key] * 1.001 + 1e-6
    path.write_text(json.dumps(summary, indent=2), encoding="utf-8")
    assert "summary.json was altered since the plan was written" in verify(folder, network)


@pytest.mark.parametrize("key", ["cost", "bound", "gap", "demand", "demand_met"])
def test_a_forged_figure_of_the_summary(folder: Path, network: Network, key: str) -> None:
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    summary[key] = summary[key] * 1.001 + 1e-3
    (folder / "summary.json").write_text(json.dumps(summary, indent=2), encoding="utf-8")
    forge(folder)
    assert verify(folder, network)


def test_a_forged_bound_in_both_files(folder: Path, network: Network) -> None:
    for name, key in (("summary.json", "bound"), ("proof.json", "solver_bound")):
        content = json.loads((folder / name).read_text(encoding="utf-8"))
        content[key] += 1.0
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    forge(folder)
    assert [line for line in verify(folder, network) if "is above the cost" in line]


def test_a_forged_bucket(folder: Path, network: Network) -> None:
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    summary["costs"]["site"] += 1
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    forge(folder)
    assert [line for line in verify(folder, network) if line.startswith("summary.json, costs, site is")]


@pytest.mark.parametrize(
    "key", ["cost", "audited_cost", "audit", "solver_bound", "solver_bound_by", "gap", "asked_gap", "seed", "versions",
            "input_sha256", "files"],
)  # fmt: skip
def test_one_altered_digit_of_the_proof(folder: Path, network: Network, key: str) -> None:
    path = folder / "proof.json"
    text = path.read_text(encoding="utf-8")
    begin = text.index(f'"{key}"') + len(key) + 2
    at = next(place for place in range(begin, len(text)) if text[place].isdigit())
    path.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :], encoding="utf-8")
    assert "proof.json was altered since the plan was written" in verify(folder, network)


@pytest.mark.parametrize(
    ("name", "key", "said"),
    [
        ("proof.json", "solver_bound_by", "HiGHS 99, its own branch-and-bound"),
        ("proof.json", "solver_bound_by", None),
        ("summary.json", "bound_by", "nobody"),
        ("summary.json", "bound_by", None),
    ],
)
def test_a_bound_that_another_search_is_said_to_have_found(folder: Path, network: Network, name: str, key: str, said: str | None) -> None:
    content = json.loads((folder / name).read_text(encoding="utf-8"))
    assert content[key]
    (folder / name).write_text(json.dumps(content | {key: said}), encoding="utf-8")
    forge(folder)
    assert [line for line in verify(folder, network) if line.startswith("proof.json, solver_bound_by is")]


def test_a_proof_with_another_audited_cost_and_its_own_seal(folder: Path, network: Network) -> None:
    proof = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
    (folder / "proof.json").write_text(json.dumps(proof | {"audited_cost": proof["audited_cost"] * 1.001}), encoding="utf-8")
    forge(folder)
    assert [line for line in verify(folder, network) if line.startswith("proof.json, audited_cost is")]


@pytest.mark.parametrize("name", [f"{table}.csv" for table in PLAN_TABLES])
def test_a_missing_file(folder: Path, network: Network, name: str) -> None:
    (folder / name).unlink()
    assert f"{name} is missing" in verify(folder, network)


@pytest.mark.parametrize("table", PLAN_TABLES)
def test_a_row_more_or_less(folder: Path, network: Network, table: str) -> None:
    path = folder / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for changed in (lines[:-1], [*lines, lines[-1]]):
        path.write_text("".join(changed), encoding="utf-8")
        assert f"{table}.csv was altered since the plan was written" in verify(folder, network)


@pytest.mark.parametrize("text", ["", "bucket,period,cost\nsite,1\n", 'bucket,period,cost\n"site,1,2\n', "bucket,cost\nsite,1\n"])
def test_a_table_that_cannot_be_read(folder: Path, network: Network, text: str) -> None:
    (folder / "costs.csv").write_text(text, encoding="utf-8")
    assert "costs.csv was altered since the plan was written" in verify(folder, network)


@pytest.mark.parametrize(("table", "column"), [("service", "demand"), ("flows", "quantity"), ("unmet", "cost"), ("sites", "open")])
def test_a_column_that_is_gone(folder: Path, network: Network, table: str, column: str) -> None:
    path = folder / f"{table}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(column, "other", 1), encoding="utf-8")
    forge(folder)
    assert [line for line in verify(folder, network) if f"no column {column}" in line]


def test_a_folder_that_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(netopt.PlanError, match=r"is not a plan: it has no summary\.json"):
        verify(tmp_path)
    (tmp_path / "summary.json").write_text("[]")
    with pytest.raises(netopt.PlanError, match="does not hold an object"):
        verify(tmp_path)
    (tmp_path / "summary.json").write_text("{")
    with pytest.raises(netopt.PlanError, match="cannot be read"):
        verify(tmp_path)


# ----------------------------------------------------------------------------------------------------------- the network


def test_the_network_is_found_where_the_summary_says(tmp_path: Path) -> None:
    (tmp_path / "network.csv").write_bytes((DATA / "tiny" / "network.csv").read_bytes())
    folder = netopt.solve(tmp_path / "network.csv").save(tmp_path / "plan")
    assert verify(folder) == []


def test_folder_and_network_moved_together(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "network.csv").write_bytes((DATA / "tiny" / "network.csv").read_bytes())
    netopt.solve(tmp_path / "here" / "network.csv").save(tmp_path / "here" / "plan")
    (tmp_path / "here").rename(tmp_path / "there")
    assert verify(tmp_path / "there" / "plan") == []


def test_a_network_that_moved_has_to_be_named(tmp_path: Path) -> None:
    (tmp_path / "network.csv").write_bytes((DATA / "tiny" / "network.csv").read_bytes())
    folder = netopt.solve(tmp_path / "network.csv").save(tmp_path / "plan")
    (tmp_path / "network.csv").rename(tmp_path / "elsewhere.csv")
    with pytest.raises(netopt.PlanError, match="name it to verify the plan against it"):
        verify(folder)
    assert verify(folder, tmp_path / "elsewhere.csv") == []
    assert verify(folder, netopt.read(tmp_path / "elsewhere.csv")) == []


def test_a_network_in_memory_has_to_be_given(folder: Path, network: Network) -> None:
    with pytest.raises(netopt.PlanError, match="tables in memory"):
        verify(folder)
    assert verify(folder, network) == []


def test_another_network(tmp_path: Path) -> None:
    text = (DATA / "tiny" / "network.csv").read_text(encoding="utf-8")
    (tmp_path / "network.csv").write_text(text, encoding="utf-8")
    folder = netopt.solve(tmp_path / "network.csv").save(tmp_path / "plan")
    (tmp_path / "network.csv").write_text(text.replace("Reno,fc,consider", "Reno,fc,open"), encoding="utf-8")
    assert [line for line in verify(folder) if line.startswith("the network is not the one that was solved")]


# ------------------------------------------------------------------------------------------------------------- the edits


@pytest.fixture(scope="module")
def edited_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("edited")
    (here / "network.csv").write_bytes((DATA / "tiny" / "network.csv").read_bytes())
    changed = netopt.read(here / "network.csv").edit("facilities.Reno.fixed_cost+=50", "demand[Boise].quantity*=0.5")
    netopt.solve(changed.edit({"table": "customers", "filter": "name=Austin", "action": "remove"})).save(here / "plan")
    return here


@pytest.fixture
def edited_folder(edited_plan: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(edited_plan, tmp_path / "edited")) / "plan"


def say(folder: Path, edits: object, *names: str) -> None:
    """Write other edits into a plan's files, with seals that fit."""
    for name in names or ("summary.json", "proof.json"):
        content = json.loads((folder / name).read_text(encoding="utf-8")) | {"edits": edits}
        content = {key: value for key, value in content.items() if key != "edits" or value is not ...}
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    forge(folder)


def edits_of(folder: Path) -> list[dict[str, str]]:
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))["edits"]


def test_a_plan_of_an_edited_network(edited_folder: Path) -> None:
    assert verify(edited_folder) == []
    assert verify(edited_folder, edited_folder.parent / "network.csv") == []
    network = netopt.read(edited_folder.parent / "network.csv")
    assert verify(edited_folder, network) == []
    assert verify(edited_folder, network.edit(*edits_of(edited_folder))) == []


def test_another_edited_network(edited_folder: Path) -> None:
    network = netopt.read(edited_folder.parent / "network.csv")
    told = "the network is not the one that was solved: its edits differ from summary.json, edits"
    assert told in verify(edited_folder, network.edit("facilities.Reno.region=West"))
    assert told in verify(edited_folder, network.edit(*edits_of(edited_folder), "facilities.Reno.region=West"))
    plain = netopt.solve(network).save(edited_folder.parent / "plain")
    assert verify(plain, network) == []
    assert verify(plain, network.edit("facilities.Reno.region=West")) == [told]


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("name", ["summary.json", "proof.json"])
def test_edits_altered_in_one_file(edited_folder: Path, at: int, name: str) -> None:
    edits = edits_of(edited_folder)
    edits[at] |= {"filter": "name=Phoenix" if at == 2 else edits[at]["filter"], "value": "7"}
    say(edited_folder, edits, name)
    assert [line for line in verify(edited_folder) if line.startswith("summary.json, edits and proof.json, edits differ")]


@pytest.mark.parametrize(("at", "key", "value"), [(0, "value", "51"), (1, "value", "0.6"), (1, "action", "set"), (2, "filter", "Phoenix")])
def test_forged_edits_do_not_bear_the_tables_out(edited_folder: Path, at: int, key: str, value: str) -> None:
    edits = edits_of(edited_folder)
    edits[at][key] = value
    say(edited_folder, edits)
    problems = verify(edited_folder)
    assert problems
    assert not [line for line in problems if "altered since" in line or "differ:" in line]


def test_forged_edits_that_are_gone(edited_folder: Path) -> None:
    say(edited_folder, edits_of(edited_folder)[1:])
    assert verify(edited_folder)
    say(edited_folder, ...)
    assert verify(edited_folder)


@pytest.mark.parametrize(
    "edits",
    [None, 3, "facilities.Reno.capacity=1", {}, ["facilities.Reno.capacity=1"], [None], [{}], [{"table": "facilities", "rows": 1}],
     [{"table": 5}], [{"table": "facilities", "filter": "Nobody", "column": "capacity", "value": "1"}],
     [{"table": "facilities", "filter": ["x"], "column": {}, "action": 3, "value": None}], [{"table": "demand", "column": "quantity", "value": "x"}]],
)  # fmt: skip
def test_edits_that_are_none(edited_folder: Path, edits: object) -> None:
    say(edited_folder, edits)
    with pytest.raises(netopt.PlanError, match=r"summary\.json, edits"):
        verify(edited_folder)
