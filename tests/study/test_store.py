"""A study that was killed goes on where it was: the same results, and nothing is solved twice that stands."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import netopt
from netopt.plan.folder import seal
from netopt.plan.tables import PLAN_TABLES
from netopt.report import PAGES
from netopt.study import run
from netopt.study.run import Task
from netopt.study.store import PLANS, RESULTS, Store, folder_of, key_of, records_of
from netopt.study.study import study
from netopt.study.verify import verify_study
from tests.study.small import TINY, files_of

SAID: dict[str, Any] = {
    "Zürich ☂": ["demand.quantity*=1.1"],  # letters of two and three bytes
    "too much": ["demand.quantity*=9"],
    "Reno": {"kind": "option", "edits": ["facilities.Reno.status=open"]},
}
WANTED = ["base", "Zürich ☂", "too much", "Reno", "Reno / Zürich ☂", "Reno / too much"]


@pytest.fixture
def solves(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the scenarios that are solved, as they are."""
    names: list[str] = []
    usual = Task.run

    def noted(task: Task, network: netopt.Network, *start: Any) -> Any:
        names.append(task.scenario.name)
        return usual(task, network, *start)

    monkeypatch.setattr(Task, "run", noted)
    return names


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study that nobody disturbed."""
    return tmp_path_factory.mktemp("whole") / "study"


@pytest.fixture(scope="module", autouse=True)
def undisturbed(whole: Path) -> netopt.Study:
    """That study, as it was solved."""
    return done(whole, pages=PAGES)


def done(folder: Path, **options: Any) -> netopt.Study:
    """Study without the report and workbook of each plan, which take longer than all the rest."""
    return study(options.pop("source", TINY), options.pop("scenarios", SAID), out=folder, **options)


def same(found: netopt.Study, whole: netopt.Study) -> None:
    """Check that two studies say the same, to the last digit, but for the seconds they took."""
    frames, wanted = found.frames(), whole.frames()
    assert [*frames] == [*wanted]
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, wanted[name], check_exact=True)
    for one, other in zip(found.outcomes, whole.outcomes, strict=True):
        summary = dict(one.summary) | {"seconds": other.summary["seconds"]}
        assert summary == dict(other.summary)
        assert {*one.tables} == {*other.tables}
        for table in one.tables:
            pd.testing.assert_frame_equal(one.tables[table], other.tables[table], check_exact=True, check_dtype=False)


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    """The same folder, to be damaged."""
    return Path(shutil.copytree(whole, tmp_path / "study"))


def test_what_is_there_is_not_solved_again(copy: Path, undisturbed: netopt.Study, solves: list[str]) -> None:
    before = files_of(copy)
    again = done(copy)
    assert solves == []
    assert files_of(copy) == before
    same(again, undisturbed)
    assert [each.name for each in again.outcomes] == WANTED


def test_folders_are_named_by_scenarios(whole: Path) -> None:
    assert {path.name for path in (whole / PLANS).iterdir()} == {"base", "Zürich ☂", "Reno", "Reno in Zürich ☂"}
    assert folder_of("Reno / Zürich ☂") == "Reno in Zürich ☂"
    assert [record["scenario"] for record in records_of(whole)] == [folder_of(name) for name in WANTED]


def test_cut_off_at_any_byte_of_its_last_line(copy: Path, whole: Path, solves: list[str]) -> None:
    results = copy / RESULTS
    lines = results.read_bytes().splitlines(keepends=True)
    kept, last = b"".join(lines[:1]), lines[1]
    assert json.loads(last)["scenario"] == "Zürich ☂"
    key, name = json.loads(last)["key"], "Zürich ☂"
    for cut in range(len(last) + 1):
        results.write_bytes(kept + last[:cut])
        store = Store(copy)
        assert [record["scenario"] for record in records_of(copy)] == ["base", name][: 2 if cut >= len(last) - 1 else 1]
        if cut < len(last) - 1:
            assert store.get(key, name) is None
            store.put(key, name, json.loads(last)["summary"])
            assert results.read_bytes() == kept + last[:cut] + (b"\n" if cut else b"") + last
    assert Store(copy).get(key, name) is not None
    assert solves == []


@pytest.mark.parametrize("share", [0.3, pytest.param(0.99, marks=pytest.mark.slow)])
def test_a_study_that_was_cut_off_ends_as_if_it_had_not_been(
    copy: Path, solves: list[str], share: float, undisturbed: netopt.Study
) -> None:
    results = copy / RESULTS
    lines = results.read_bytes().splitlines(keepends=True)
    at = lines[4].index("Zürich".encode()) + 2 if share == 0.3 else int(share * len(lines[4]))  # in the middle of ü
    results.write_bytes(b"".join(lines[:4]) + lines[4][:at])
    shutil.rmtree(copy / PLANS / "Reno in Zürich ☂")
    found = done(copy)
    assert solves == WANTED[4:]
    assert verify_plans(copy) == []
    assert done(copy).table()["cost"].tolist()[:2] == pytest.approx([3780, 4118])
    assert solves == WANTED[4:]
    same(found, undisturbed)


def verify_plans(folder: Path) -> list[str]:
    from netopt.plan.verify import verify

    return [problem for plan in sorted(folder.glob(f"{PLANS}/*")) for problem in verify(plan, TINY)]


@pytest.mark.parametrize("file", [*(f"{table}.csv" for table in PLAN_TABLES), "summary.json", "proof.json", "report.html", "plan.xlsx"])
@pytest.mark.parametrize("how", [pytest.param("delete", marks=pytest.mark.slow), "alter"])
def test_a_plan_that_was_touched_is_made_again(copy: Path, file: str, how: str) -> None:
    path = copy / PLANS / "Reno" / file
    before = path.read_bytes()
    if how == "delete":
        path.unlink()
    else:
        path.write_bytes(before.replace(b"1", b"2", 1) if b"1" in before else before + b"x")
    record = next(record for record in records_of(copy) if record["scenario"] == "Reno")
    assert Store(copy).get(record["key"], "Reno") is None
    others = [each for each in records_of(copy) if each["scenario"] != "Reno"]
    assert all(Store(copy).get(each["key"], each["scenario"]) is not None for each in others)


def test_only_the_touched_plan_is_solved_again(copy: Path, solves: list[str]) -> None:
    before = files_of(copy)
    (copy / PLANS / "Reno" / "flows.csv").write_text("origin,destination\n")
    (copy / PLANS / "base" / "costs.csv").unlink()
    done(copy)
    assert solves == ["base", "Reno"]
    after = files_of(copy)
    assert after.keys() == before.keys() - {f"plans/{name}/{page}" for name in ("base", "Reno") for page in ("report.html", "plan.xlsx")}
    for name in ("flows", "costs", "sites", "service"):
        assert after[f"plans/Reno/{name}.csv"] == before[f"plans/Reno/{name}.csv"]
    assert verify_plans(copy) == []


def test_a_plan_whose_proof_was_mended_to_fit_is_made_again(copy: Path) -> None:
    """Whoever alters a table and its digest in the proof has the seal against them."""
    from netopt.plan.folder import digest

    plan = copy / PLANS / "Reno"
    flows = plan / "flows.csv"
    flows.write_text(flows.read_text().replace("Boise", "Austin"))
    proof = json.loads((plan / "proof.json").read_text())
    proof["files"]["flows.csv"] = digest(flows)
    (plan / "proof.json").write_text(json.dumps(proof))
    record = next(record for record in records_of(copy) if record["scenario"] == "Reno")
    assert Store(copy).get(record["key"], "Reno") is None
    (plan / "proof.json").write_text(json.dumps(proof | {"sha256": seal(proof)}))
    assert Store(copy).get(record["key"], "Reno") is None


@pytest.mark.parametrize("options", [{"gap": 0.5}, {"threads": 1}, *(pytest.param(each, marks=pytest.mark.slow) for each in ({"seed": 1}, {"time_limit": 60.0}))])
def test_another_option_is_another_study(copy: Path, solves: list[str], options: dict[str, Any]) -> None:
    done(copy, scenarios={}, **options)
    assert solves == ["base"]
    done(copy, scenarios={}, **options)
    done(copy, scenarios={})  # its plan is the one of the other options now
    assert solves == ["base", "base"]


def test_another_network_is_another_study(copy: Path, solves: list[str], tmp_path: Path) -> None:
    other = tmp_path / "network.csv"
    other.write_text(TINY.read_text().replace("Boise,tea,100", "Boise,tea,101"))
    found = done(copy, source=other, scenarios={"too much": ["demand.quantity*=9"]})
    assert solves == ["base", "too much"]
    assert found.base.cost == pytest.approx(3780 + 2 + 5 + 4)  # by Reno at 5, which sends a unit for Phoenix back
    moved = tmp_path / "moved.csv"
    moved.write_text(TINY.read_text())
    done(copy, source=moved, scenarios={"too much": ["demand.quantity*=9"]})
    assert solves == ["base", "too much", "base"]


def test_other_edits_are_solved_and_the_rest_is_kept(copy: Path, solves: list[str]) -> None:
    edited = SAID | {"Zürich ☂": ["demand.quantity*=1.05"], "new": []}
    done(copy, scenarios=edited)
    assert solves == ["Zürich ☂", "new", "Reno / Zürich ☂", "Reno / new"]


def test_edits_of_the_network_count(copy: Path, solves: list[str]) -> None:
    done(copy, source=netopt.read(TINY).edit("demand.quantity*=1"), scenarios={})
    assert solves == ["base"]


def test_words_that_do_not_change_the_network_are_free(copy: Path, solves: list[str]) -> None:
    told = dict(SAID)
    told["Reno"] = told["Reno"] | {"description": "open it"}
    told["too much"] = {"edits": told["too much"], "probability": 0.1}
    assert done(copy, scenarios=told).cases[2].probability == 0.1
    assert solves == []


@pytest.mark.parametrize(
    "line",
    [b"", b"\n\n", b"null\n", b"[]\n", b"5\n", b"{}\n", b'{"key": 1}\n', b"\xff\xfe\n", b"\0" * 64 + b"\n",
     b'{"key": "k", "scenario": "base", "proof": null, "summary": 7}\n', b"{" * 500],
)  # fmt: skip
def test_lines_that_mean_nothing_are_passed_over(copy: Path, solves: list[str], line: bytes) -> None:
    results = copy / RESULTS
    results.write_bytes(line + b"\n" + results.read_bytes() + line)
    done(copy, scenarios={})
    assert solves == []


def test_the_last_line_of_a_key_counts(copy: Path) -> None:
    first = next(records_of(copy))
    store = Store(copy)
    store.put(first["key"], "base", first["summary"] | {"seconds": 99})
    found = Store(copy).get(first["key"], "base")
    assert found is not None
    assert found[0]["seconds"] == 99


def test_names_with_other_ends_of_lines(copy: Path) -> None:
    store = Store(copy)
    first = next(records_of(copy))
    for separator in ("\u2028", "\x85", "\x0b", "\r", "\n"):
        store.put(separator, "base", first["summary"] | {"open_sites": [f"Re{separator}no"]})
        found = Store(copy).get(separator, "base")
        assert found is not None
        assert found[0]["open_sites"] == [f"Re{separator}no"]


def test_key_is_that_of_what_is_said() -> None:
    key = key_of("a", [{"table": "demand"}], {"gap": 0.1, "seed": 0}, {"netopt": "1"})
    assert key == key_of("a", [{"table": "demand"}], {"seed": 0, "gap": 0.1}, {"netopt": "1"})
    others = [
        key_of("b", [{"table": "demand"}], {"gap": 0.1, "seed": 0}, {"netopt": "1"}),
        key_of("a", [], {"gap": 0.1, "seed": 0}, {"netopt": "1"}),
        key_of("a", [{"table": "demand"}], {"gap": 0.1, "seed": 1}, {"netopt": "1"}),
        key_of("a", [{"table": "demand"}], {"gap": 0.1, "seed": 0}, {"netopt": "2"}),
    ]
    assert len({key, *others}) == 5


def test_a_folder_is_that_of_a_study_from_the_start(tmp_path: Path) -> None:
    Store(tmp_path / "a" / "b")
    assert files_of(tmp_path) == {f"a/b/{RESULTS}": b""}


@pytest.mark.parametrize("moment", [pytest.param("solve", marks=pytest.mark.slow), "save", "put"])
def test_killed_at_any_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: netopt.Study, moment: str
) -> None:
    """Stopped before the plan is written, while it is, and before its line is: nothing half-written, and all is well."""
    from netopt.plan import folder as plan_folder

    out = tmp_path / "study"

    def stopped(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if moment == "solve":
            patch.setattr(run, "solve", stopped)
        elif moment == "save":
            patch.setattr(plan_folder, "_swap", stopped)
        else:
            patch.setattr(Store, "put", stopped)
        with pytest.raises(KeyboardInterrupt):
            done(out)
    left = {path.split("/")[1] for path in files_of(out) if path.startswith(PLANS)}
    assert left == ({"base"} if moment == "put" else set())
    assert verify_plans(out) == []
    same(done(out), undisturbed)


def test_a_time_limit_without_a_plan_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, solves: list[str]
) -> None:
    plan = netopt.solve(TINY)
    from dataclasses import replace

    stopped = replace(plan, status="interrupted", tables={}, bound=-float("inf"), seconds=2.0)
    monkeypatch.setattr(run, "solve", lambda *_, **__: stopped)
    found = done(tmp_path, scenarios={}, time_limit=2.0)
    assert (found.base.found, found.base.summary["status"]) == (False, "interrupted")
    assert done(tmp_path, scenarios={}, time_limit=2.0).base.bound == -float("inf")
    assert solves == ["base"]
    with pytest.raises(KeyboardInterrupt):  # nobody set a limit, so it was Ctrl-C
        done(tmp_path, scenarios={})


def test_a_study_that_was_cut_off_still_verifies(copy: Path) -> None:
    from netopt.report.studies.study_page import write_study

    results = copy / RESULTS
    lines = results.read_bytes().splitlines(keepends=True)
    results.write_bytes(b"".join(lines[:4]) + lines[4][: lines[4].index("Zürich".encode()) + 2])
    write_study(done(copy), copy)
    assert verify_study(copy, TINY) == []
