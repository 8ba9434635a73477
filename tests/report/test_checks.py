from __future__ import annotations

import pandas as pd

import netopt
from netopt.network import Network
from netopt.report.check_page import print_check
from netopt.report.checks import check_network
from netopt.report.console import terminal


def changed(network: Network, **tables: pd.DataFrame) -> tuple[str, ...]:
    frames = {**network.tables.frames, **tables}
    return check_network(netopt.read(frames)).warnings


def more(network: Network, table: str, **cells: object) -> pd.DataFrame:
    return pd.concat([network.tables[table], pd.DataFrame([cells])], ignore_index=True)


def test_counts(network: Network) -> None:
    checked = check_network(network)
    assert checked.warnings == ()
    assert checked.rows["lanes"] == 8
    assert checked.network["customers"] == 3
    assert checked.to_json()["warnings"] == []


def test_sites_without_lanes(network: Network) -> None:
    said = changed(network, facilities=more(network, "facilities", name="Tulsa", type="fc"))
    assert any("nothing can leave Tulsa" in words for words in said)
    assert any("nothing can reach Tulsa" in words for words in said)


def test_closed_sites_are_not_complained_about(network: Network) -> None:
    assert changed(network, facilities=more(network, "facilities", name="Tulsa", type="fc", status="closed")) == ()


def test_idle_customers_and_products(network: Network) -> None:
    said = changed(
        network, customers=more(network, "customers", name="Nobody"), products=more(network, "products", name="coffee")
    )
    assert "no demand for Nobody" in said
    assert "nobody wants coffee" in said


def test_products_that_nobody_sells(network: Network) -> None:
    said = changed(
        network,
        products=more(network, "products", name="coffee"),
        demand=more(network, "demand", customer="Boise", product="coffee", quantity=1),
    )
    assert "nobody sells coffee" in said


def test_dead_and_free_lanes(network: Network) -> None:
    lanes = network.tables["lanes"].copy()
    lanes["unit_cost"] = lanes["unit_cost"].where(lanes["destination"] != "Austin", 0)
    lanes["status"] = ["closed", *["open"] * (len(lanes) - 1)]
    said = changed(network, lanes=lanes)
    assert any(words.startswith("1 lane can carry nothing") and "Oakland to Reno" in words for words in said)
    assert any(words.startswith("2 lanes cost nothing: Reno to Austin and Dallas to Austin") for words in said)


def test_places_in_the_sea(network: Network) -> None:
    customers = network.tables["customers"].copy()
    customers.loc[customers["name"] == "Boise", ["latitude", "longitude"]] = 0
    assert any("both 0, in the sea, for Boise" in words for words in changed(network, customers=customers))


def test_mixed_units(network: Network) -> None:
    lanes = network.tables["lanes"].copy()
    lanes["unit_cost"] = lanes["unit_cost"].where(lanes["destination"] != "Austin", 9e6)
    assert any(words.startswith("lanes, unit_cost runs from 1 to 9,000,000") for words in changed(network, lanes=lanes))


def test_page(network: Network, capsys: object) -> None:
    import io

    checked = check_network(network)
    for reasons, wanted in (
        ([], "Next: netopt solve [b].csv"),
        (["Boise [red] lacks \x1b"], "- Boise [red] lacks \\x1b"),
    ):
        out = io.StringIO()
        print_check(checked, reasons, "[b].csv", terminal(out))
        assert wanted in out.getvalue()
