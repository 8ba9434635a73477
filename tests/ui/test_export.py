from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import netopt
from netopt.errors import InputError
from netopt.network import Network
from netopt.plan.verify import verify
from netopt.ui.export import exports, save_as, write_export
from netopt.ui.state import Result, Workspace


@pytest.fixture
def workspace(tiny: Network) -> Workspace:
    """Two kept plans, and changes that are not solved."""
    made = Workspace(tiny, "network.csv")
    for name, edit in (("base", None), ("no Reno", "facilities.Reno.status=closed"), ("less tea", "demand[].quantity*=0.9")):
        if edit is not None:
            made.change(lambda draft, edit=edit: draft.edit(edit))
        made.result = Result(netopt.solve(made.network), made.draft.now)
        made.keep(name)
    made.change(lambda draft: draft.set_cell("facilities", 4, "capacity", "400"))
    return made


def frames(path: Path) -> dict[str, pd.DataFrame]:
    return {name: frame.reset_index(drop=True) for name, frame in netopt.read(path).tables.frames.items()}


def test_nothing_to_take_away_but_the_tables_at_first(tiny: Network) -> None:
    assert set(exports(Workspace(tiny, "network.csv"))) == {"network.csv", "network.xlsx"}


@pytest.mark.parametrize("name", ["network.csv", "network.xlsx"])
def test_tables_read_back_as_they_are(workspace: Workspace, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(exports(workspace)[name].make())
    wanted = {each: frame.reset_index(drop=True) for each, frame in workspace.network.tables.frames.items()}
    found = frames(tmp_path / name)
    assert set(found) == set(wanted)
    for each, frame in found.items():
        pd.testing.assert_frame_equal(frame, wanted[each], check_like=True)


def test_a_plan_is_verified_from_its_archive(workspace: Workspace, tmp_path: Path) -> None:
    zipfile.ZipFile(io.BytesIO(exports(workspace)["plan.zip"].make())).extractall(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"network.csv", "plan"}
    assert (tmp_path / "plan" / "report.html").is_file()
    assert workspace.result is not None
    assert verify(tmp_path / "plan") == []
    assert netopt.read(tmp_path / "network.csv").facilities.capacity[2].tolist() == [320]  # as solved, not as it is now


def test_scenarios_are_rows_that_a_study_solves_to_the_same(workspace: Workspace, tmp_path: Path, tiny: Network) -> None:
    (tmp_path / "scenarios.csv").write_bytes(exports(workspace)["scenarios.csv"].make())
    study = netopt.study(tiny, tmp_path / "scenarios.csv")
    assert [each.name for each in study.outcomes] == ["base", "no Reno", "less tea"]
    for kept, outcome in zip(workspace.kept, study.outcomes, strict=True):
        assert outcome.cost == pytest.approx(kept.plan.cost)


def test_report_workbook_and_comparison(workspace: Workspace) -> None:
    found = exports(workspace)
    assert b"<!doctype html>" in found["report.html"].make()
    assert found["plan.xlsx"].make().startswith(b"PK")
    assert b"no Reno" in found["comparison.html"].make()


def test_an_export_goes_into_the_folder(workspace: Workspace, tmp_path: Path) -> None:
    workspace.folder = tmp_path / "new" / "folder"
    target = write_export(workspace, exports(workspace)["network.csv"])
    assert target == tmp_path / "new" / "folder" / "network.csv"
    assert [file.name for file in target.parent.iterdir()] == ["network.csv"]


def test_tables_are_saved_only_where_they_are_asked_for(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "mine.csv"
    assert workspace.draft.unsaved
    save_as(workspace, target)
    assert not workspace.draft.unsaved
    assert netopt.read(target).facilities.capacity[2].tolist() == [400]
    workspace.change(lambda draft: draft.set_status("Reno", "open"))
    before = target.read_bytes()
    with pytest.raises(FileExistsError):
        save_as(workspace, target)
    assert target.read_bytes() == before
    save_as(workspace, target, over=True)
    assert target.read_bytes() != before
    with pytest.raises(ValueError, match="cannot write"):
        save_as(workspace, tmp_path / "mine.pdf")


def test_wrong_cells_are_not_saved(workspace: Workspace, tmp_path: Path) -> None:
    workspace.change(lambda draft: draft.set_cell("facilities", 3, "capacity", "abc"))
    with pytest.raises(InputError):
        save_as(workspace, tmp_path / "mine.csv")
    assert list(tmp_path.iterdir()) == []
    assert "network.csv" not in exports(workspace)
