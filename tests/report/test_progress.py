from __future__ import annotations

import io
import threading

import pytest

from netopt.report.progress import LiveProgress, progress_words
from netopt.solve.control import Progress


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
    ],
)
def test_words(cost: float, bound: float, wanted: str) -> None:
    assert progress_words(Progress("searching", cost, bound, 1.0), 2.0) == wanted


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
