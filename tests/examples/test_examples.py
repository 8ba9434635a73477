"""Every example runs as a reader would run it, and prints what its text promises."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

import netopt
from netopt.study.verify import verify_study

ROOT = Path(__file__).parents[2]
WHERE = ROOT / "examples" / "where_to_open.py"
NOTEBOOK = ROOT / "examples" / "what_if_notebook.py"
PICTURES = ROOT / "examples" / "take_pictures.py"
EXAMPLES = sorted({*(ROOT / "examples").glob("*.py")} - {WHERE, NOTEBOOK, PICTURES})  # these take longer
PROMISED = {
    "own_constraint": ["free to choose: 3,780; one of Reno and Dallas: 4,230"],
    "own_room": ["with union hours: 3,930, of which overtime 150"],
    "solve_in_ten_lines": ["optimal: 3,780 a year, at most 0.00% above the cheapest", "open: Oakland, Reno, Dallas"],
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs_and_prints_what_it_promises(path, tmp_path):
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    for line in PROMISED[path.stem]:
        assert line in done.stdout
    assert not list(tmp_path.iterdir()), "an example leaves nothing behind"


@pytest.mark.slow
def test_the_notebook_shows_what_its_sliders_say():
    pytest.importorskip("marimo")
    spec = importlib.util.spec_from_file_location("what_if_notebook", NOTEBOOK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _, defined = module.app.run()
    beside, base, plan = defined["beside"], defined["base"], defined["plan"]
    assert beside.change == pytest.approx(plan.cost - base.cost)
    assert "Reno" not in plan.summary()["open_sites"]
    wanted = plan.network.demand["quantity"].sum() / base.network.demand["quantity"].sum()
    assert 1 < wanted < 1.2  # a fifth more in the West alone
    assert plan.audit().ok


def where_to_open():
    """The example as a module."""
    spec = importlib.util.spec_from_file_location("where_to_open", WHERE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fewer(path):
    """Write the network of the example with fewer customers: some of every region."""
    network = netopt.read(ROOT / "data" / "us-retail" / "network.csv")
    frames = dict(network.tables.frames)
    customers = frames["customers"].groupby("region").head(1)
    gone = {*frames["customers"]["name"]} - {*customers["name"]}
    frames["customers"] = customers
    frames["demand"] = frames["demand"][~frames["demand"]["customer"].isin(gone)]
    if "lanes" in frames:
        frames["lanes"] = frames["lanes"][~frames["lanes"]["destination"].isin(gone)]
    path.mkdir()
    for name, frame in frames.items():
        frame.to_csv(path / f"{name}.csv", index=False)
    return path


def test_where_to_open_answers_its_question(tmp_path, monkeypatch, capsys):
    module = where_to_open()
    monkeypatch.setattr(module, "NETWORK", fewer(tmp_path / "network"))
    study = module.main(tmp_path / "out")
    options, cases = ["base", "Reno", "Memphis", "Columbus"], ["base", "West +20%", "port strike"]
    assert (study.costs().index.tolist(), study.costs().columns.tolist()) == (options, cases)
    assert study.probabilities().tolist() == pytest.approx([0.6, 0.3, 0.1])
    assert study.base.found
    assert not {"Reno", "Memphis", "Columbus"} & {*study.base.open_sites()}
    for name in options[1:]:
        assert name in study[name].open_sites()
    assert module.QUESTION in (tmp_path / "out" / "study.html").read_text(encoding="utf-8")
    assert verify_study(tmp_path / "out", tmp_path / "network") == []


@pytest.mark.slow
def test_where_to_open_runs_as_a_reader_would_run_it(tmp_path):
    done = subprocess.run(
        [sys.executable, str(WHERE), "out"], capture_output=True, text=True, timeout=900, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Audit of every plan against the input tables: passed." in " ".join(done.stdout.split())
    assert {path.name for path in tmp_path.iterdir()} == {"out"}
    said = json.loads((tmp_path / "out" / "study.json").read_text(encoding="utf-8"))
    assert len(said["scenarios"]) == 12
    assert verify_study(tmp_path / "out", ROOT / "data" / "us-retail" / "network.csv") == []
