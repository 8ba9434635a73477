from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from netopt.cli.exits import Failure
from netopt.cli.folder import check_folder, make_room, plan_folder
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("network", "name"),
    [("network.csv", "network-plan"), ("data/us.retail.xlsx", "us.retail-plan"), ("folder", "folder-plan")],
)
def test_default_folder_is_named_after_the_network(here: Path, network: str, name: str) -> None:
    (here / "folder").mkdir()
    assert plan_folder(Path(network), force=False) == Path(name)


def test_default_folder_for_the_current_directory(here: Path) -> None:
    assert plan_folder(Path(), force=False) == Path(f"{here.name}-plan")


def test_a_file_in_the_way(here: Path) -> None:
    (here / "plan").write_text("mine")
    with pytest.raises(Failure, match="is a file"):
        check_folder(Path("plan"), Path("n.csv"), force=True)


def test_the_input_is_never_replaced(here: Path) -> None:
    (here / "data" / "in").mkdir(parents=True)
    for folder in (".", "data", "data/in", "..", "/"):
        with pytest.raises(Failure, match="holds the network"):
            check_folder(Path(folder), Path("data/in"), force=True)


def test_a_folder_of_the_users_own_is_refused_and_with_force_moved_aside(run: Run, tiny: Path, here: Path) -> None:
    mine = here / "network-plan"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")
    beside = run("solve", tiny)
    assert beside.exit_code == 0
    assert "network-plan-2" in beside.stdout
    refused = run("solve", tiny, "-o", "network-plan")
    assert refused.exit_code == 2
    assert "not a plan of netopt" in refused.stderr
    assert [file.name for file in mine.iterdir()] == ["thesis.txt"]
    forced = run("solve", tiny, "--force")
    assert forced.exit_code == 0
    assert (here / "network-plan.old1" / "thesis.txt").read_text() == "mine"
    assert "network-plan.old1" in forced.stderr
    assert (mine / "summary.json").is_file()


def test_an_earlier_plan_is_replaced(run: Run, tiny: Path, here: Path) -> None:
    assert run("solve", tiny).exit_code == 0
    assert run("solve", tiny).exit_code == 0
    assert {file.name for file in here.iterdir()} == {"network.csv", "network-plan"}


def test_the_plan_of_another_network_is_kept_and_the_next_number_taken(run: Run, tiny: Path, here: Path) -> None:
    assert run("solve", tiny).exit_code == 0
    first = (here / "network-plan" / "summary.json").read_bytes()
    other = here / "other"
    other.mkdir()
    (other / "network.csv").write_text(tiny.read_text())
    for _ in range(2):  # solved again, it finds its own folder again
        second = run("solve", other / "network.csv")
        assert second.exit_code == 0
        assert "network-plan-2" in second.stdout
    assert (here / "network-plan" / "summary.json").read_bytes() == first
    assert not (here / "network-plan-3").exists()
    assert run("solve", other / "network.csv", "-o", "network-plan").exit_code == 0


def test_a_folder_whose_summary_says_nothing_is_left_alone(here: Path) -> None:
    (here / "n-plan").mkdir()
    (here / "n-plan" / "summary.json").write_text("[]")
    (here / "n-plan" / "proof.json").write_text("{}")
    assert plan_folder(Path("n.csv"), force=False) == Path("n-plan-2")
    assert plan_folder(Path("n.csv"), force=True) == Path("n-plan")


def test_make_room_leaves_plans_and_empty_folders(here: Path) -> None:
    (here / "plan").mkdir()
    assert make_room(Path("plan")) is None
    assert make_room(Path("none")) is None


def test_read_only_parent(run: Run, tiny: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netopt.cli.folder.os", SimpleNamespace(access=lambda *_: False, W_OK=2))
    result = run("solve", tiny)
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
