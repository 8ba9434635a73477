"""What a run writes, what is kept of it, and one small contest that all agree on."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.benchmarks import __main__ as program
from tests.benchmarks import contest
from tests.benchmarks.cases import Case, find_cases, known_of
from tests.benchmarks.journal import Journal, peak_mb, read_points
from tests.benchmarks.locate import benchmark_root
from tests.benchmarks.scip_log import first_line, scip_points
from tests.benchmarks.store import Asked, Store
from tests.benchmarks.test_tables import MADE, record

needs_files = pytest.mark.skipif(
    benchmark_root() is None, reason="no published instances here: set NETOPT_BENCHMARKS to their folder"
)


def test_a_journal_keeps_what_is_better_and_survives_a_kill(tmp_path: Path) -> None:
    """Solvers' infinities are none, bounds that barely move are not written, a line cut short is dropped."""
    with Journal(tmp_path) as journal:
        journal.start()
        for cost, bound in ((1e30, -1e30), (math.inf, 50.0), (100.0, 50.0), (100.0, 50.00001), (101.0, 60.0)):
            journal.note(cost, bound)
        assert (tmp_path / "phase").read_text() == "running"
        assert journal.stop() == journal.taken >= 0
    with (tmp_path / "points.jsonl").open("a") as file:
        file.write("[12.5, 99.")
    points = read_points(tmp_path)
    assert [point[1:] for point in points] == [(math.inf, 50.0), (100.0, 50.0), (100.0, 60.0)]
    assert 1 < peak_mb() < 1e6


def test_scip_tells_its_way_in_its_log(tmp_path: Path) -> None:
    """Cost and bound in money, seconds since the hand-over, infinities of its own."""
    log = tmp_path / "log"
    log.write_text(
        first_line(1000.0, 2.0) + "\n time | node  | left  |LP iter|LP it/n|  dualbound   | primalbound  |  gap   | compl. \n"
        "p 0.2s|     1 |     0 |  1949 |     - | 0.000000e+00 | 1.026919e+02 |    Inf | unknown\n"
        "  1.3s|     1 |     0 |  4113 |     - | 7.819385e+01 |      --      |  20.89%| unknown\n"
        "   (0.1s) probing: 51/60 (85.0%)\nSolving Time (sec) : 5.00\n"
    )
    points = scip_points(log)
    assert [point.cost for point in points] == [pytest.approx(102691.9), math.inf]
    assert [point.bound for point in points] == [0.0, pytest.approx(78193.85)]
    assert [point.seconds for point in points] == pytest.approx([2.25, 3.35])
    assert scip_points(tmp_path / "absent") == []


def test_a_process_that_overstays_is_seen(tmp_path: Path) -> None:
    """By the age of its phase; one that ends by itself is not."""
    for name, age in (("late", 100.0), ("early", 0.0)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "phase").write_text("running")
        then = time.time() - age
        os.utime(tmp_path / name / "phase", (then, then))
    asked = Asked(time=60.0, grace=30.0)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        phase, peak = contest._watch(process, [tmp_path / "late"], asked)
        process.kill()
    assert phase == "running"
    assert peak > 1 or sys.platform != "linux"
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        assert contest._watch(process, [tmp_path / "early"], asked)[0] == ""


def test_a_stopped_benchmark_goes_on(tmp_path: Path) -> None:
    """What is there with the same options is not run again; what failed is; a line that was cut short is no matter."""
    path = tmp_path / "results.jsonl"
    store = Store(path)
    for made in MADE:
        store.add(made)
    store.add(record("i9", "netopt", 1.0, 1.0, 1.0, ended="failed"))
    path.write_text(path.read_text() + '{"family": "ma')
    again = Store(path)
    assert again.get(Case("made", "i1", ""), "netopt", Asked()) == MADE[0]
    assert again.get(Case("made", "i9", ""), "netopt", Asked()) is None
    assert again.get(Case("made", "i1", ""), "netopt", Asked(time=61.0)) is None
    assert again.get(Case("made", "i1", ""), "scip", Asked()) is None
    again.add(record("i9", "netopt", 1.0, 1.0, 1.0))
    third = Store(path)
    assert third.get(Case("made", "i9", ""), "netopt", Asked())["ended"] == "done"
    assert len(third.records) == len(MADE) + 1


@needs_files
def test_patterns_find_instances() -> None:
    """By name, by variant, by folder, by size; what nobody has published a value for, too."""
    assert find_cases("orlib_cap/cap41") == [Case("orlib_cap", "cap41", "multi-source")]
    assert {case.variant for case in find_cases("holmberg_sscflp/*:single-source")} == {"single-source"}
    some = [case.instance for case in find_cases("holmberg_sscflp/p?:multi-source")]
    assert some == sorted(some, key=lambda name: int(name[1:]))
    design = find_cases("cmnd_canad")
    assert len(design) > len(find_cases("cmnd_canad/R/*")) > 10
    assert any(known_of(case)["value"] is None for case in design)
    assert find_cases("three_echelon/10k@7") == [Case("three_echelon", "10k@7", "")]
    for wanted in ("orlib_cap/nothing", "three_echelon", "three_echelon/12"):
        with pytest.raises(ValueError, match=wanted.split("/")[-1]):
            find_cases(wanted)
    with pytest.raises(FileNotFoundError):
        find_cases("no_family")


def test_the_command_line_refuses_what_it_does_not_know(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the names there are."""
    with pytest.raises(SystemExit):
        program.main(["--out", str(tmp_path / "r"), "--contestants", "netopt,abacus"])
    assert "no contestant 'abacus'" in capsys.readouterr().err


@needs_files
def test_all_agree_on_a_small_instance(tmp_path: Path) -> None:
    """Each in its own process finds the published optimum; the page is written; a second time nothing is run."""
    out, page = tmp_path / "results.jsonl", tmp_path / "page.md"
    who = ["netopt", "highs-weak", "highs-started", "scip"]
    command = ["orlib_cap/cap41", "--contestants", ",".join(who), "--time", "20", "--out", str(out), "--table", str(page)]
    program.main(command)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["contestant"] for line in lines] == who
    for line in lines:
        assert line["status"] == "optimal", line
        assert line["cost"] == pytest.approx(1040444.375, abs=0.01)
        assert line["bound"] == pytest.approx(line["cost"], rel=1e-4)
        assert 0 < line["to_asked"] <= line["seconds"] < 20
        assert line["peak_mb"] > line["imported_mb"] - 1 > 10
        assert line["gap_end"] <= 1e-4 + 1e-9
    assert lines[0]["audit_ok"] is True
    assert lines[0]["read_seconds"] > 0
    assert lines[0]["build_seconds"] > 0
    assert lines[2]["form"] == "strong"
    first = lines[2]["points"][0]
    assert first[1] == pytest.approx(1040444.375, abs=0.01), "HiGHS did not take netopt's plan"
    assert "| cap41 multi-source | highs-started (strong) |" in page.read_text()
    before = out.read_text()
    program.main(command)
    assert out.read_text() == before


@needs_files
def test_a_family_in_one_process(tmp_path: Path) -> None:
    """Two files, one process: the second is measured for itself."""
    out = tmp_path / "results.jsonl"
    program.main(["orlib_cap/cap4[14]", "--together", "--contestants", "highs-strong", "--time", "20", "--out", str(out)])
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["instance"] for line in lines] == ["cap41", "cap44"]
    assert [round(line["cost"], 2) for line in lines] == [1040444.38, 1235500.45]
    assert all(line["together"] for line in lines)
    assert lines[1]["points"][0][0] < lines[1]["seconds"]
