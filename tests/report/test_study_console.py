"""A study on the terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import netopt
from netopt.report.console import terminal
from netopt.report.studies.study_console import print_study
from netopt.study.study import Study
from tests.report.conftest import DATA
from tests.report.pages import FORMULA, evil_network


@pytest.fixture(scope="module")
def study() -> Study:
    said = {
        "growth": ["demand.quantity*=1.2"],
        "still": [],
        "no Reno": {"kind": "option", "edits": ["facilities.Reno.status=closed"]},
    }
    return netopt.study(DATA / "tiny" / "network.csv", said, gap=0)


def printed(study: Study, monkeypatch: pytest.MonkeyPatch, folder: Path | None = None, width: int = 80) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    out = io.StringIO()
    print_study(study, terminal(out), folder)
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_everything_that_matters_in_the_width_there_is(
    study: Study, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    text = printed(study, monkeypatch, width=width)
    assert text.startswith("None of the options saves anything\n")
    assert max(map(len, text.splitlines())) <= width
    assert "Audit of every plan against the input tables: passed." in " ".join(text.split())
    for figure in ("3,780.00", "4,456.00", "+676.00", "+450.00", "no plan", "+516.00", "+160.00"):
        assert figure in text
    assert "Files" not in text


def test_what_does_not_change_has_no_table(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    text = printed(study, monkeypatch, Path("out"))
    assert "- Costs what the base costs." in text
    assert text.count("rerouting") == 2  # growth and no Reno, and not still
    assert text.endswith("Files: out/\n")


def test_names_are_printed_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"[red]x[|red]": ["demand.quantity*=1.1"], "a:smile:": [f'facilities."{FORMULA}".status=closed', "demand.quantity*=0.5"]}
    text = printed(netopt.study(evil_network(), said), monkeypatch, Path("o\x1b[2J"), width=100)
    assert "[red]x[|red]" in text
    assert "a:smile:" in text
    assert "\x1b" not in text


def test_a_failed_audit_is_shouted(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    monkeypatch.setattr(Study, "audit", lambda _: pd.DataFrame({"words": ["x"]}))
    assert "FAILED, do not use this study" in " ".join(printed(study, monkeypatch).split())
