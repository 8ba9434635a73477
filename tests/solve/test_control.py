"""How close to come, how long to look, and stopping when told to."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from netopt.solve.control import Control, Progress, gap_between, interruptible

INF = float("inf")


@pytest.mark.parametrize(
    ("cost", "bound", "gap"),
    [
        (100, 99, 0.01),
        (100, 100, 0),
        (100, 100.000001, 0),  # rounding is no gap
        (0, 0, 0),
        (INF, INF, 0),
        (INF, 5, INF),
        (100, -INF, INF),
        (-100, -101, 0.01),
        (-INF, -INF, 0),
        (0, -1, 1e12),
    ],
)
def test_gap(cost: float, bound: float, gap: float) -> None:
    assert gap_between(cost, bound) == pytest.approx(gap)
    assert Progress("", cost, bound, 0.0).gap == pytest.approx(gap)


def test_time_runs_from_the_start() -> None:
    control = Control(time_limit=5.0)
    time.sleep(0.02)
    assert control.seconds >= 0.02
    assert control.remaining is not None
    assert 4 < control.remaining <= 4.98


def test_a_little_time_is_always_left() -> None:
    assert Control(time_limit=1e-9).remaining == 0.01
    assert Control().remaining is None


def test_progress_is_reported_where_somebody_listens() -> None:
    told: list[Progress] = []
    Control().report("x", 1.0, 0.0)
    Control(progress=told.append).report("searching", 10.0, 9.0)
    assert (told[0].phase, told[0].cost, told[0].bound, told[0].gap) == ("searching", 10, 9, pytest.approx(0.1))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_the_search_to_stop_and_a_second_one_insists(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    control = Control()
    with pytest.raises(KeyboardInterrupt), interruptible(control):
        os.kill(os.getpid(), number)
        assert control.stop.wait(1)
        os.kill(os.getpid(), number)
        time.sleep(1)
    assert signal.getsignal(number) is before


def test_outside_the_main_thread_signals_are_left_alone() -> None:
    seen: list[object] = []

    def work() -> None:
        before = signal.getsignal(signal.SIGINT)
        with interruptible(Control()):
            seen.append(signal.getsignal(signal.SIGINT) is before)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [True]
