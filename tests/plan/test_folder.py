"""A plan is written whole or not at all, over nothing but a plan, and comes back as it was."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.plan import folder as writing
from netopt.plan.folder import digest, packed_plan, read_plan_table, seal, seen_from, write_packed, write_plan
from netopt.plan.tables import PLAN_TABLES
from netopt.plan.verify import verify
from tests.formulation.networks import solved, tables
from tests.plan.rich import rich_plan

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def plan() -> netopt.Plan:
    """Return a plan that writes its tables and no pages, to be quick."""
    return replace(rich_plan(), pages=())


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_file_for_every_table_the_summary_and_the_proof(plan: netopt.Plan, tmp_path: Path) -> None:
    folder = write_plan(plan, tmp_path / "deep" / "plan")
    assert set(contents(folder)) == {f"{name}.csv" for name in PLAN_TABLES} | {"summary.json", "proof.json"}
    assert [path.name for path in folder.parent.iterdir()] == ["plan"]  # nothing is left beside it
    assert folder.stat().st_mode & 0o777 == 0o755


def test_saving_writes_the_report_and_the_workbook_too(tmp_path: Path) -> None:
    folder = netopt.solve(DATA / "tiny" / "network.csv").save(tmp_path / "plan")
    assert {"report.html", "plan.xlsx"} <= set(contents(folder))
    assert verify(folder) == []


def test_files_packed_elsewhere_are_those_that_would_be_written_here(plan: netopt.Plan, tmp_path: Path) -> None:
    def page(_: netopt.Plan, folder: Path) -> None:
        (folder / "page.txt").write_text("a page")

    here, there = tmp_path / "deep" / "here", tmp_path / "deep" / "there"
    files = packed_plan(plan, (page,), seen_from(there, plan.network.tables.path))
    assert list(tmp_path.iterdir()) == []
    write_plan(plan, here, (page,))
    write_packed(files, there)
    assert contents(here) == contents(there)
    assert there.stat().st_mode & 0o777 == 0o755
    assert sorted(path.name for path in there.parent.iterdir()) == ["here", "there"]


def test_packed_files_take_the_place_of_a_plan_and_of_nothing_else(plan: netopt.Plan, tmp_path: Path) -> None:
    files = packed_plan(plan, (), None)
    write_packed(files | {"page.txt": b"old"}, tmp_path / "plan")
    write_packed(files | {"page.txt": b"new"}, tmp_path / "plan")
    assert (tmp_path / "plan" / "page.txt").read_bytes() == b"new"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    with pytest.raises(netopt.PlanError, match="holds more than a plan of netopt"):
        write_packed(files, tmp_path / "mine")
    assert set(contents(tmp_path / "mine")) == {"letter.txt"}


def test_packed_files_stay_in_their_folder(tmp_path: Path) -> None:
    write_packed({"../out.txt": b"x", str(tmp_path / "up.txt"): b"x"}, tmp_path / "plan")
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]
    assert set(contents(tmp_path / "plan")) == {"out.txt", "up.txt"}


def test_packed_files_that_cannot_be_written_leave_the_earlier_plan(
    plan: netopt.Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = packed_plan(plan, (), None)
    before = contents(write_packed(files, tmp_path / "plan"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "_settle", full)
    with pytest.raises(OSError, match="No space left"):
        write_packed(files, tmp_path / "plan")
    assert contents(tmp_path / "plan") == before
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_tables_come_back_to_the_last_digit(plan: netopt.Plan, tmp_path: Path) -> None:
    folder = write_plan(plan, tmp_path / "plan")
    for name in PLAN_TABLES:
        wanted, found = plan.tables[name], read_plan_table(folder / f"{name}.csv")
        assert found.columns.tolist() == wanted.columns.tolist()
        assert len(found) == len(wanted)
        for column in wanted:
            if pd.api.types.is_numeric_dtype(wanted[column]):
                np.testing.assert_array_equal(found[column].to_numpy(float), wanted[column].to_numpy(float))
            else:
                assert found[column].tolist() == wanted[column].tolist()


def test_headers_are_those_of_the_contract(plan: netopt.Plan, tmp_path: Path) -> None:
    folder = write_plan(plan, tmp_path / "plan")
    heads = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in folder.glob("*.csv")}
    assert heads["flows.csv"].startswith("origin,destination,mode,product,period,quantity,vehicles,cost")
    assert heads["sites.csv"].startswith("name,type,period,open,throughput,utilization,cost")
    assert heads["inventory.csv"] == "facility,product,period,stock,cost"
    assert heads["unmet.csv"] == "customer,product,period,quantity,cost"
    assert heads["costs.csv"] == "bucket,period,cost"


def test_blank_for_what_is_not_known_and_no_needless_decimals(tmp_path: Path) -> None:
    folder = write_plan(replace(solved(tables()), pages=()), tmp_path / "plan")
    with (folder / "sites.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    assert rows[0]["utilization"] == ""
    assert rows[0]["throughput"] == "10"
    assert rows[0]["open"] == "1"


def test_json_is_strict(plan: netopt.Plan, tmp_path: Path) -> None:
    folder = write_plan(plan, tmp_path / "plan")

    def refuse(word: str) -> float:
        raise AssertionError(word)

    for name in ("summary.json", "proof.json"):
        assert json.loads((folder / name).read_text(encoding="utf-8"), parse_constant=refuse)


def test_the_proof_has_a_digest_of_every_other_file_and_a_seal(plan: netopt.Plan, tmp_path: Path) -> None:
    folder = write_plan(plan, tmp_path / "plan")
    proof = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
    assert proof["files"] == {path.name: digest(path) for path in folder.iterdir() if path.name != "proof.json"}
    assert proof["sha256"] == seal(proof)
    assert proof["audit"] == {"passed": True, "breaches": 0}
    assert proof["audited_cost"] == pytest.approx(plan.cost)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("netopt", "netopt {netopt}, its own branch-and-bound with certified leaves"),
        ("HiGHS", "HiGHS {highspy}, its own branch-and-bound"),
    ],
)
def test_the_proof_says_whose_bound_it_is(plan: netopt.Plan, tmp_path: Path, said: str, wanted: str) -> None:
    folder = write_plan(replace(plan, facts={**plan.facts, "bound_by": said}), tmp_path / "plan")
    summary, proof = (json.loads((folder / name).read_text(encoding="utf-8")) for name in ("summary.json", "proof.json"))
    assert summary["bound_by"] == said
    assert proof["solver_bound_by"] == wanted.format(**summary["versions"])


def test_our_own_search_and_that_of_highs_are_told_apart(tmp_path: Path) -> None:
    ours = netopt.solve(DATA / "tiny" / "network.csv")
    amended = netopt.solve(DATA / "tiny" / "network.csv", amend=lambda _: None)
    for plan, wanted in ((ours, "netopt 0"), (amended, "HiGHS 1")):
        proof = json.loads((replace(plan, pages=()).save(tmp_path / "plan") / "proof.json").read_text(encoding="utf-8"))
        assert proof["solver_bound_by"].startswith(wanted)


def test_without_a_bound_it_is_nobodys(tmp_path: Path) -> None:
    folder = netopt.solve(DATA / "tiny-infeasible" / "network.csv").save(tmp_path / "plan")
    proof = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
    assert (proof["solver_bound"], proof["solver_bound_by"]) == (None, None)


def test_without_a_plan_a_summary_and_a_proof(tmp_path: Path) -> None:
    folder = netopt.solve(DATA / "tiny-infeasible" / "network.csv").save(tmp_path / "plan")
    assert {"summary.json", "proof.json"} <= set(contents(folder))
    assert "flows.csv" not in contents(folder)
    assert json.loads((folder / "summary.json").read_text(encoding="utf-8"))["status"] == "infeasible"
    assert verify(folder) == []


# ------------------------------------------------------------------------------------------------------- whole or not


def failing(plan: netopt.Plan, folder: Path) -> None:
    (folder / "half.html").write_text("half of a page")
    raise RuntimeError("the page did not come out")


def test_a_page_that_fails_leaves_nothing(plan: netopt.Plan, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="did not come out"):
        write_plan(plan, tmp_path / "plan", [failing])
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_fails_leaves_the_earlier_plan_as_it_was(plan: netopt.Plan, tmp_path: Path) -> None:
    folder = write_plan(plan, tmp_path / "plan")
    before = contents(folder)
    with pytest.raises(RuntimeError, match="did not come out"):
        write_plan(replace(solved(tables()), pages=()), folder, [failing])
    assert contents(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


@pytest.mark.parametrize("error", [OSError("disk"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", [1, 2])
def test_a_rename_that_fails_leaves_the_earlier_plan_as_it_was(
    plan: netopt.Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, step: int
) -> None:
    folder = write_plan(plan, tmp_path / "plan")
    before = contents(folder)
    real, count = Path.replace, [0]

    def fail(self: Path, target: Path) -> Path:
        count[0] += 1
        if count[0] == step:
            raise error
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(type(error)):
        write_plan(plan, folder)
    monkeypatch.undo()
    assert contents(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_a_new_plan_takes_the_place_of_the_earlier_one(plan: netopt.Plan, tmp_path: Path) -> None:
    def page(of: netopt.Plan, folder: Path) -> None:
        (folder / "page.html").write_text("a page")

    folder = write_plan(plan, tmp_path / "plan", [page])
    assert "page.html" in contents(folder)
    write_plan(replace(solved(tables()), pages=()), folder)
    assert "page.html" not in contents(folder)  # it belonged to the earlier plan
    assert len(read_plan_table(folder / "flows.csv")) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_files_of_somebody_else_stay(plan: netopt.Plan, tmp_path: Path) -> None:
    folder = write_plan(plan, tmp_path / "plan")
    (folder / "notes.txt").write_text("do not lose this")
    (folder / "pictures").mkdir()
    (folder / "pictures" / "map.png").write_bytes(b"png")
    write_plan(plan, folder)
    assert (folder / "notes.txt").read_text() == "do not lose this"
    assert (folder / "pictures" / "map.png").read_bytes() == b"png"
    assert verify(folder, plan.network) == []


@pytest.mark.parametrize("name", ["notes.txt", "summary.json", "proof.json"])
def test_a_folder_that_is_not_a_plan_is_refused(plan: netopt.Plan, tmp_path: Path, name: str) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / name).write_text("{}")
    with pytest.raises(netopt.PlanError, match="name another folder"):
        write_plan(plan, tmp_path / "work")
    assert contents(tmp_path / "work") == {name: b"{}"}


def test_a_file_is_refused_and_an_empty_folder_taken(plan: netopt.Plan, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(netopt.PlanError):
        write_plan(plan, tmp_path / "file")
    (tmp_path / "empty").mkdir()
    assert write_plan(plan, tmp_path / "empty") == tmp_path / "empty"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(plan: netopt.Plan, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    with pytest.raises(OSError, match="locked"):
        write_plan(plan, tmp_path / "locked" / "plan")


# -------------------------------------------------------------------------------------------------------- spreadsheets


ODD = ["=1+1", "+49", "-x", "@home", "\ttab", "'quoted", "'=quoted", "''=twice", '"', "a,b", "line\nbreak", "ünï", ""]


def test_no_text_is_a_formula_and_all_come_back(tmp_path: Path) -> None:
    path = tmp_path / "flows.csv"
    numbers = np.array([-1.5, 0.1, 1e300, 5e-324, np.nan, -0.0, 2.0, 1 / 3, 1e16, 123456789.125, 1, 2, 3])
    frame = pd.DataFrame({"origin": ODD, "quantity": numbers, "vehicles": np.arange(len(ODD))})
    writing.write_table(path, frame)
    with path.open(newline="", encoding="utf-8") as source:
        cells = [row["origin"] for row in csv.DictReader(source)]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    found = read_plan_table(path)
    assert found["origin"].tolist() == ODD
    np.testing.assert_array_equal(found["quantity"].to_numpy(), numbers)


@pytest.mark.parametrize("name", ["=HYPERLINK(0)", "+1", "-1", "@x", "'=x"])
def test_a_place_with_such_a_name_goes_all_the_way(tmp_path: Path, name: str) -> None:
    given = tables()
    given["facilities"].loc[1, "name"] = name
    given["lanes"] = given["lanes"].replace("D", name)
    plan = netopt.solve(given)
    folder = write_plan(plan, tmp_path / "plan")
    called = plan.network.facilities.names[1]
    assert read_plan_table(folder / "sites.csv")["name"].tolist() == ["S", called]
    assert verify(folder, plan.network) == []


def test_a_cell_that_should_be_a_number(tmp_path: Path) -> None:
    path = tmp_path / "costs.csv"
    path.write_text("bucket,period,cost\nsite,1,lots\n")
    with pytest.raises(netopt.PlanError, match=r"costs\.csv, cost: could not convert"):
        read_plan_table(path)
