from __future__ import annotations

import io
import json
import math
import sys
import threading
import time
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import netopt
from netopt.report.progress import (
    LiveProgress,
    Standing,
    WrittenProgress,
    progress_json,
    progress_shown,
    progress_words,
)
from netopt.solve.control import Progress

DATA = Path(__file__).resolve().parents[2] / "data"
INF, NAN = math.inf, math.nan
KEYS = ["phase", "cost", "bound", "gap", "seconds", "looked", "kept"]


def after(*told: tuple[str, float, float]) -> list[tuple[float, float]]:
    standing = Standing()
    known = [standing.after(Progress(phase, cost, bound, float(n))) for n, (phase, cost, bound) in enumerate(told)]
    return [(progress.cost, progress.bound) for progress in known]


def written(told: Iterable[Progress], every: float, pause: float = 0.0) -> list[dict[str, Any]]:
    stream = io.StringIO()
    with WrittenProgress(progress_json, every, stream) as progress:
        for state in told:
            progress(state)
            time.sleep(pause)
    assert stream.getvalue().endswith("\n") or not stream.getvalue()
    return [json.loads(line, parse_constant=pytest.fail) for line in stream.getvalue().splitlines()]


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("cost", "bound", "wanted"),
    [
        (float("inf"), float("-inf"), "searching   no plan yet   2.0 s"),
        (float("inf"), 90.0, "searching   no plan yet   none below 90.00   2.0 s"),
        (100.0, 90.0, "searching   best plan 100.00   none below 90.00   gap 10%   2.0 s"),
        (100.0, float("-inf"), "searching   best plan 100.00   2.0 s"),
        (100.0, 99.999, "searching   best plan 100.00   none below 99.99   gap 0.001%   2.0 s"),
        (100.0, 100.0 - 5e-7, "searching   best plan 100.00   none below 99.99   gap 0.0001%   2.0 s"),
        (100.0, 100.0 - 1e-12, "searching   best plan 100.00   none below 100.00   gap 0%   2.0 s"),
    ],
)
def test_words(cost: float, bound: float, wanted: str) -> None:
    assert progress_words(Progress("searching", cost, bound, 1.0), 2.0) == wanted


def test_words_say_what_is_looked_at_and_kept() -> None:
    words = progress_words(Progress("screening", INF, 90.0, 1.0, looked=1_006_000, kept=52_000), 2.0)
    assert words == "screening   no plan yet   none below 90.00   2.0 s   keeps 52,000 of 1,006,000 columns"
    narrow = progress_words(Progress("screening", INF, 90.0, 1.0, looked=1_006_000, kept=52_000), 2.0, width=80)
    assert narrow == "screening   no plan yet   none below 90.00   2.0 s"


def test_words_before_the_first_report() -> None:
    assert progress_words(None, 0.0) == "reading and formulating   0.0 s"


def test_silent_in_a_pipe_and_when_quiet() -> None:
    for stream, quiet in ((io.StringIO(), False), (Screen(), True)):
        with LiveProgress(stream, quiet=quiet) as progress:
            progress(Progress("searching", 1.0, 1.0, 1.0))
        assert stream.getvalue() == ""


def test_live_on_a_terminal_from_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    with LiveProgress(screen) as progress:
        thread = threading.Thread(target=progress, args=(Progress("[b]searching", 100.0, 90.0, 1.0),))
        thread.start()
        thread.join()
        threading.Event().wait(0.5)
    assert "[b]searching   best plan 100.00" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[?25h") or "\x1b[?25h" in screen.getvalue()  # the cursor is back


def test_an_error_leaves_the_terminal_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    with pytest.raises(KeyboardInterrupt), LiveProgress(screen):
        raise KeyboardInterrupt
    assert "\x1b[?25h" in screen.getvalue()


# ------------------------------------------------------------------------------------------------------ what is known


def test_what_a_phase_does_not_know_stays_known() -> None:
    told = [("screening", INF, 90.0), ("improving", 100.0, 90.0), ("searching", INF, -INF), ("searching", 101.0, 80.0), ("searching", 99.0, 95.0)]
    assert after(*told) == [(INF, 90.0), (100.0, 90.0), (100.0, 90.0), (100.0, 90.0), (99.0, 95.0)]


def test_what_is_no_number_says_nothing() -> None:
    assert after(("improving", 100.0, 90.0), ("searching", NAN, NAN), ("searching", -INF, INF)) == [(100.0, 90.0)] * 3


def test_a_bound_is_not_above_the_best_plan() -> None:
    assert after(("improving", 100.0, 90.0), ("branching", 100.0, 100.5)) == [(100.0, 90.0), (100.0, 100.0)]


def test_a_cost_that_no_plan_can_have_is_not_shown() -> None:
    assert after(("branching", 100.0, 99.0), ("searching", 80.0, 70.0)) == [(100.0, 99.0)] * 2
    assert after(("branching", 100.0, 99.0), ("searching", 98.99999, 70.0))[1] == (98.99999, 99.0)  # rounding


def test_a_plan_of_highs_that_is_searched_for_again_counts_no_more() -> None:
    told = [("improving", 100.0, 10.0), ("searching", 60.0, 20.0), ("searching again", INF, -INF), ("searching again", 90.0, 30.0)]
    assert after(*told) == [(100.0, 10.0), (60.0, 20.0), (100.0, 20.0), (90.0, 30.0)]


@pytest.mark.parametrize("phase", ["checking", "diagnosing", "explaining", "costing the repair"])
def test_other_questions_have_other_numbers(phase: str) -> None:
    assert after(("searching", INF, 90.0), (phase, 3.0, 200.0)) == [(INF, 90.0)] * 2


def test_seconds_go_on_where_a_phase_counts_from_its_own_start() -> None:
    standing = Standing()
    found = [standing.after(Progress("searching", INF, -INF, seconds)).seconds for seconds in (5.0, 6.0, 0.1)]
    assert found[:2] == pytest.approx([5.0, 6.0])
    assert found[2] >= 5.0


# ----------------------------------------------------------------------------------------------------------- in lines


def test_json_has_null_for_what_is_not_known() -> None:
    text = progress_json(Progress("screening", INF, -INF, 1.23456))
    assert "\n" not in text
    assert list(json.loads(text)) == KEYS
    assert text == '{"phase": "screening", "cost": null, "bound": null, "gap": null, "seconds": 1.235, "looked": null, "kept": null}'


def test_json_has_every_number() -> None:
    said = json.loads(progress_json(Progress("branching", 100.0, 90.0, 2.0, looked=14, kept=7)))
    assert said == {"phase": "branching", "cost": 100.0, "bound": 90.0, "gap": 0.1, "seconds": 2.0, "looked": 14, "kept": 7}


@pytest.mark.parametrize("number", [NAN, INF, -INF])
def test_json_never_has_what_json_does_not_know(number: float) -> None:
    said = json.loads(progress_json(Progress("branching", number, number, 2.0)), parse_constant=pytest.fail)
    assert said["cost"] is said["bound"] is None


def test_many_events_are_few_lines_with_every_new_plan_and_the_last_event() -> None:
    told = [Progress("branching", 2000.0 - n // 100, float(n), n / 1000) for n in range(1000)]
    lines = written(told, every=60.0)
    assert len(lines) == 11
    assert [line["cost"] for line in lines[:10]] == [2000.0 - n for n in range(10)]
    assert lines[-1]["bound"] == 999.0


def test_what_is_held_is_written_before_the_next_event() -> None:
    stream = io.StringIO()
    with WrittenProgress(progress_json, 0.02, stream) as progress:
        progress(Progress("screening", INF, 1.0, 0.0))
        progress(Progress("screening", INF, 2.0, 0.0))
        assert stream.getvalue().count("\n") == 1
        late = time.perf_counter() + 10
        while stream.getvalue().count("\n") < 2 and time.perf_counter() < late:
            time.sleep(0.005)
        assert json.loads(stream.getvalue().splitlines()[-1])["bound"] == 2.0
    assert stream.getvalue().count("\n") == 2  # and not again at the end


def test_lines_keep_their_distance() -> None:
    started = time.perf_counter()
    lines = written([Progress("screening", INF, float(n), 0.0) for n in range(200)], every=0.1, pause=0.002)
    assert 2 <= len(lines) <= (time.perf_counter() - started) / 0.1 + 2
    assert lines[-1]["bound"] == 199.0


def test_nothing_is_written_where_nothing_happened() -> None:
    assert written([], every=0.1) == []


def test_the_last_event_is_written_when_an_error_ends_the_search() -> None:
    stream = io.StringIO()
    with pytest.raises(KeyboardInterrupt), WrittenProgress(progress_json, 60.0, stream) as progress:
        progress(Progress("screening", INF, 1.0, 0.0))
        progress(Progress("screening", INF, 2.0, 0.0))
        raise KeyboardInterrupt
    assert json.loads(stream.getvalue().splitlines()[-1])["bound"] == 2.0
    progress(Progress("screening", INF, 3.0, 0.0))  # a thread that has not heard
    assert stream.getvalue().count("\n") == 2


class Gone(io.StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_a_reader_that_has_gone_does_not_end_the_search() -> None:
    with WrittenProgress(progress_json, 0.0, Gone()) as progress:
        progress(Progress("screening", INF, 1.0, 0.0))
        progress(Progress("screening", INF, 2.0, 0.0))


def test_every_line_is_flushed() -> None:
    flushed = []

    class Slow(io.StringIO):
        def flush(self) -> None:
            flushed.append(self.getvalue())

    with WrittenProgress(progress_json, 0.0, Slow()) as progress:
        progress(Progress("screening", INF, 1.0, 0.0))
        assert flushed[-1].endswith("}\n")


@pytest.mark.parametrize(
    ("how", "quiet", "wanted"),
    [
        ("auto", False, ""),
        ("none", False, ""),
        ("plain", False, "screening   no plan yet   none below 1.00"),
        ("plain", True, "screening   no plan yet   none below 1.00"),
        ("json", False, '{"phase": "screening", "cost": null, "bound": 1.0'),
        ("json", True, '{"phase": "screening", "cost": null, "bound": 1.0'),
    ],
)
def test_how_it_is_shown_in_a_pipe(monkeypatch: pytest.MonkeyPatch, how: str, quiet: bool, wanted: str) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_shown(how, quiet=quiet) as progress:
        progress(Progress("screening", INF, 1.0, 0.0))
    assert stream.getvalue().startswith(wanted)
    assert bool(stream.getvalue()) is bool(wanted)


def test_nothing_is_shown_on_a_terminal_that_asked_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with progress_shown("none") as progress:
        progress(Progress("screening", INF, 1.0, 0.0))
    assert screen.getvalue() == ""


@pytest.mark.parametrize("name", ["tiny", "tiny-periods", "tiny-infeasible"])
def test_a_search_is_told_without_steps_back(name: str) -> None:
    stream = io.StringIO()
    with WrittenProgress(progress_json, 0.0, stream) as progress:
        plan = netopt.solve(DATA / name / "network.csv", progress=progress)
    told = [json.loads(line, parse_constant=pytest.fail) for line in stream.getvalue().splitlines()]
    assert told
    for one, other in pairwise(told):
        assert other["cost"] is not None or one["cost"] is None
        assert (other["cost"] or 0.0) <= (INF if one["cost"] is None else one["cost"])
        assert (-INF if other["bound"] is None else other["bound"]) >= (-INF if one["bound"] is None else one["bound"])
        assert other["seconds"] >= one["seconds"]
    if plan.found:
        assert told[-1]["cost"] == pytest.approx(plan.cost)
        assert told[-1]["bound"] <= plan.cost * (1 + 1e-9)
    else:  # what stands in its way has a cost of its own, which is not that of a plan
        assert {line["cost"] for line in told} == {None}
