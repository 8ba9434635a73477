from __future__ import annotations

from pathlib import Path

import pytest

from netopt import schema
from netopt.cli.exits import MEANINGS
from netopt.cli.explain import _topics
from tests.cli.conftest import ROOT, Run

ROOMS = sorted(file.stem for file in (ROOT / "netopt/formulation/rooms").glob("*.py") if file.stem != "__init__")


@pytest.mark.parametrize("topic", [*schema.tables(), *ROOMS, "settings", "outputs", "exit-codes", "aliases"])
def test_every_topic_has_a_page_and_is_listed(run: Run, topic: str) -> None:
    assert topic in _topics()
    result = run("explain", topic)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == topic


def test_contents(run: Run) -> None:
    shown = run("explain").stdout
    assert all(f"  {topic} " in shown for topic in _topics())


def test_every_column_has_a_page(run: Run) -> None:
    for table in schema.tables().values():
        for column in table.columns.values():
            result = run("explain", f"{table.name}.{column.name}")
            assert result.exit_code == 0
            assert result.stdout.startswith(f"{table.name}.{column.name}\n")


def test_a_room_shows_its_equation_as_written(run: Run) -> None:
    assert "sum_k w_k * flow[l,k,t] <= capacity[l,t]" in run("explain", "lane_capacity").stdout


def test_a_name_of_both_a_table_and_a_room_shows_both(run: Run) -> None:
    shown = run("explain", "demand").stdout
    assert "promise_share" in shown
    assert "delivered[c,k,t]" in shown


@pytest.mark.parametrize("typed", ["TransportationPolicies", "LANES", "lane"])
def test_aliases_lead_to_the_table(run: Run, typed: str) -> None:
    assert run("explain", typed).stdout.startswith("lanes\n")


def test_column_aliases(run: Run) -> None:
    assert run("explain", "lanes.from").stdout.startswith("lanes.origin\n")


@pytest.mark.parametrize("typed", ["exit codes", "exit_codes", "EXIT-CODES"])
def test_exit_codes_in_any_spelling(run: Run, typed: str) -> None:
    shown = run("explain", typed).stdout
    assert all(f" {int(code)}  " in shown for code in MEANINGS)


def test_unknown_topic_offers_the_nearest(run: Run, here: Path) -> None:
    assert "did you mean facilities?" in run("explain", "facilites").stderr
    assert run("explain", "lanes.nonsense").exit_code == 2
