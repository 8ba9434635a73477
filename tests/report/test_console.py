from __future__ import annotations

import io

import pytest

from netopt.report.console import TextTable, bullets, show, terminal
from tests.report.conftest import Printed

LONG = "a very long name of a fulfillment center that somebody once typed into a spreadsheet"


@pytest.mark.parametrize("width", [60, 80, 100])
def test_names_give_way_and_numbers_do_not(printed: Printed, width: int) -> None:
    columns = {"site": "name", "units": "number", "type": "name", "cost": "number"}
    text = printed(TextTable(columns, [[LONG, "123,456,789", "sort center", "1,234,567,890.12"]]), width)
    assert "123,456,789" in text
    assert "1,234,567,890.12" in text
    assert "…" in text
    assert max(map(len, text.splitlines())) <= width


def test_short_tables_are_not_stretched(printed: Printed) -> None:
    assert printed(TextTable({"a": "name", "b": "number"}, [["x", "1"]])) == "a  b\nx  1\n"


def test_an_empty_table_is_its_titles(printed: Printed) -> None:
    assert printed(TextTable({"a": "name", "b": "number"}, [])) == "a  b\n"


def test_words_wrap(printed: Printed) -> None:
    text = printed(TextTable({"a": "name", "b": "words"}, [["x", "word " * 40]]), 40)
    assert len(text.splitlines()) > 5
    assert max(map(len, text.splitlines())) <= 40


def test_markup_and_escapes_are_text(printed: Printed) -> None:
    text = printed([TextTable({"a": "name"}, [["[red]x[/red] :smile: \x1b[2J"]]), bullets(["[b]y[/b]\n"])])
    assert "[red]x[/red] :smile: \\x1b[2J" in text
    assert "- [b]y[/b]\\n" in text
    assert "\x1b" not in text


def test_wide_letters_keep_columns_in_line(printed: Printed) -> None:
    lines = printed(TextTable({"a": "name", "b": "number"}, [["東京", "1"], ["abcd", "2"]])).splitlines()
    assert lines[1:] == ["東京  1", "abcd  2"]


def test_strings_are_not_wrapped(printed: Printed) -> None:
    assert printed([LONG * 3]) == LONG * 3 + "\n"


def test_colour_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    table = TextTable({"a": "name"}, [["x"]])
    for more, styled in ((None, True), ("1", False)):
        if more:
            monkeypatch.setenv("NO_COLOR", more)
        else:
            monkeypatch.delenv("NO_COLOR", raising=False)
        screen = Screen()
        console = terminal(screen)
        console.print("x", style="red")
        assert ("\x1b[31m" in screen.getvalue()) is styled
        show(console, [table])
