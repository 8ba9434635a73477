"""The converters' tables say what the published files say. Needs the files, but not netopt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks.convert import CONVERTERS, offset, tables, three_echelon, write_folder
from tests.benchmarks.converters import three_echelon as generator
from tests.benchmarks.converters._text import Numbers, Tables
from tests.benchmarks.known import known_bounds, known_values
from tests.benchmarks.locate import benchmark_root

needs_files = pytest.mark.skipif(
    benchmark_root() is None, reason="no published instances here: set NETOPT_BENCHMARKS to their folder"
)

# family, instance, variant, (suppliers and plants, dcs), customers, lanes, total demand, total fixed cost
SHAPES = [
    ("orlib_cap", "cap41", "multi-source", (16, 0), 50, 800, 58268.0, 112500.0),
    ("holmberg_sscflp", "p1", "single-source", (10, 0), 50, 500, None, None),
    ("yang_sscflp", "p1", "single-source", (30, 0), 200, 6000, None, None),
    ("diaz_fernandez_sscflp", "p1", "single-source", (10, 0), 20, 200, None, None),
    ("avella_boccia_tbed1", "i300_1", "multi-source", (300, 0), 300, 90000, None, None),
    ("mp_tscflp_small", "kstar_nI10_nJ10_nK30_nL3_tI2_tJ2_s1", "", (10, 10), 30, 1200, None, None),
    ("mp_tscflp_mauri2021", "PSC1-C1-50-5", "", (50, 100), 200, 125000, None, None),
    ("tscflp_fernandes2014", "PSC1-C1-50", "", (50, 100), 200, 25000, None, None),
    ("williams_distribution", "distribution1", "", (2, 4), 6, 29, 215000.0, None),
    ("williams_distribution", "distribution2", "", (2, 7), 6, 49, 215000.0, 18000.0),
    ("cmnd_canad", "r01.1", "", (7, 10), 7, 49, None, None),
]


@needs_files
@pytest.mark.parametrize(("family", "instance", "variant", "sites", "customers", "lanes", "demand", "fixed"), SHAPES)
def test_shapes(
    family: str,
    instance: str,
    variant: str,
    sites: tuple[int, int],
    customers: int,
    lanes: int,
    demand: float | None,
    fixed: float | None,
) -> None:
    """As many places and lanes as the file has, the same demand, and no dangling or doubled names."""
    found = tables(family, instance, variant)
    upstream = found["facilities"]["type"].isin(["supplier", "plant"])
    assert (int(upstream.sum()), int((~upstream).sum())) == sites
    assert len(found["customers"]) == customers
    assert len(found["lanes"]) == lanes
    if demand is not None:
        assert found["demand"]["quantity"].sum() == demand
    if fixed is not None:
        assert found["facilities"]["fixed_cost"].sum() == fixed
    _check_names(found)


def _check_names(found: Tables) -> None:
    places = pd.concat([found["facilities"]["name"], found["customers"]["name"]])
    assert places.is_unique
    assert found["demand"]["customer"].isin(found["customers"]["name"]).all()
    lanes = found["lanes"]
    assert lanes["origin"].isin(found["facilities"]["name"]).all()
    assert lanes["destination"].isin(places).all()
    assert not lanes.duplicated([c for c in ("origin", "destination", "mode", "product") if c in lanes]).any()
    for table in ("supply", "handling"):
        if table in found:
            assert found[table]["facility"].isin(found["facilities"]["name"]).all()
            assert found[table]["product"].isin(found["products"]["name"]).all()


@needs_files
@pytest.mark.parametrize("family", sorted(CONVERTERS))
def test_every_known_instance_that_is_here_reads(family: str) -> None:
    """A known value without a readable file, or a file in another layout, is found here and not in a long run."""
    small = [key for key in known_values(family) if "-100" not in key[0]][:6]
    assert small
    for instance, variant in small:
        found = tables(family, instance, variant)
        assert (found["demand"]["quantity"] > 0).all()
        assert found["lanes"]["unit_cost"].ge(0).all()


@needs_files
def test_cost_of_the_whole_demand_becomes_a_unit_cost() -> None:
    """OR-Library gives the cost of all of a customer's demand: cap41's first is 6739.725 for 146 units."""
    found = tables("orlib_cap", "cap41", "multi-source")
    assert found["lanes"]["unit_cost"].iloc[0] * found["demand"]["quantity"].iloc[0] == pytest.approx(6739.725)


@needs_files
def test_capacity_in_the_name_is_typed_in() -> None:
    """`capa@8000` is the file capa with every capacity 8000; capa alone has no capacitated problem."""
    assert (tables("orlib_cap", "capa@8000", "multi-source")["facilities"]["capacity"] == 8000).all()
    assert "capacity" not in tables("orlib_cap", "capa", "uncapacitated")["facilities"]
    with pytest.raises(ValueError, match="capacity"):
        tables("orlib_cap", "capa", "multi-source")


@needs_files
def test_variants_differ_in_one_column() -> None:
    """Single-source is a column of the customers; the rest of the tables is the same."""
    split, whole = (tables("holmberg_sscflp", "p1", variant) for variant in ("multi-source", "single-source"))
    assert "single_source" not in split["customers"]
    assert (whole["customers"].pop("single_source") == "yes").all()
    for name, table in split.items():
        pd.testing.assert_frame_equal(table, whole[name])
    with pytest.raises(ValueError, match="variant"):
        tables("holmberg_sscflp", "p1", "")


@needs_files
def test_products_can_be_met_by_the_capacities() -> None:
    """Each product's demand fits the plants' supply and the depots' handling."""
    found = tables("mp_tscflp_small", "kstar_nI10_nJ10_nK30_nL3_tI2_tJ2_s1", "")
    need = found["demand"].groupby("product")["quantity"].sum()
    assert len(need) == 3
    for table in ("supply", "handling"):
        assert (found[table].groupby("product")["capacity"].sum() >= need).all()


@needs_files
def test_williams_expansion_is_a_site_of_its_own() -> None:
    """Same lanes as Birmingham, not counted by the limit; the credit turns the cost into the published value."""
    found = tables("williams_distribution", "distribution2", "")
    lanes = found["lanes"]
    extra = found["facilities"][found["facilities"]["name"] == "Birmingham expansion"].iloc[0]
    assert (extra["capacity"], extra["fixed_cost"], extra["region"]) == (20000, 3000, "expansion")
    for here, there in (("origin", "destination"), ("destination", "origin")):
        ends = [lanes.loc[lanes[here] == name, [there, "unit_cost"]] for name in ("Birmingham", extra["name"])]
        assert ends[0].to_numpy().tolist() == ends[1].to_numpy().tolist()
    limit = found["limits"].iloc[0]
    assert (limit["what"], limit["at_most"]) == ("open_sites", 4)
    assert (found["facilities"]["region"] == limit["region"]).sum() == 6
    assert offset("williams_distribution", "distribution2") == -15000
    assert offset("williams_distribution", "distribution1") == 0


@needs_files
def test_commodities_can_be_shipped_and_arrive() -> None:
    """Every commodity is sold at its origin and asked for at its destination, in the same quantity."""
    found = tables("cmnd_canad", "r01.1", "")
    pd.testing.assert_series_equal(found["supply"]["capacity"], found["demand"]["quantity"], check_names=False)
    assert len(found["products"]) == 10
    assert int((found["lanes"]["fixed_cost"] > 0).sum()) == 35


@needs_files
def test_three_echelon_is_what_the_generator_writes(tmp_path: Path) -> None:
    """The tables are the CSVs of three_echelon.py, number for number."""
    generator._generator().write("1k", 3, tmp_path / "theirs")
    ours = write_folder(three_echelon("1k", 3), tmp_path / "ours")
    for name in ("facilities", "customers", "demand", "lanes"):
        theirs = pd.read_csv(tmp_path / "theirs" / f"{name}.csv")
        pd.testing.assert_frame_equal(theirs, pd.read_csv(ours / f"{name}.csv"))


@needs_files
def test_known_values_take_the_proved_row() -> None:
    """Several rows on one instance: proved wins, then lowest; bounds are kept apart."""
    assert known_values("mp_tscflp_mauri2021")["PSC1-C1-50-5", ""] == (1923801.0, "optimal")
    assert known_values("mp_tscflp_mauri2021")["PSC1-C1-100-5", ""] == (3791865.0, "best_known")
    assert known_bounds("mp_tscflp_mauri2021")["PSC1-C1-100-5", ""] == 3784782.35
    assert known_values("cmnd_canad")["r01.7", ""][1] == "infeasible"
    assert known_values("orlib_cap")["capa@8000", "multi-source"] == (19240822.449, "optimal")


def test_floats_are_written_in_full(tmp_path: Path) -> None:
    """What is read back is the number that was written, to the last bit."""
    numbers = np.random.default_rng(0).random(1000) / 3
    folder = write_folder({"demand": pd.DataFrame({"quantity": numbers})}, tmp_path / "new" / "folder")
    written = (folder / "demand.csv").read_text(encoding="utf-8").split()[1:]
    assert [float(text) for text in written] == numbers.tolist()


def test_a_short_or_long_file_is_refused(tmp_path: Path) -> None:
    """A file in another layout is said, never read as if it fitted."""
    path = tmp_path / "short.txt"
    path.write_text("1 2 213.\n")
    numbers = Numbers(path)
    assert numbers.block(2).tolist() == [1, 2]
    with pytest.raises(ValueError, match="left over"):
        numbers.done()
    with pytest.raises(ValueError, match="ends after 3"):
        numbers.block(2)


def test_the_environment_says_where_the_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NETOPT_BENCHMARKS wins, and a folder that is not there means no benchmarks."""
    monkeypatch.setenv("NETOPT_BENCHMARKS", str(tmp_path))
    assert benchmark_root() == tmp_path
    monkeypatch.setenv("NETOPT_BENCHMARKS", str(tmp_path / "absent"))
    assert benchmark_root() is None
    with pytest.raises(FileNotFoundError, match="NETOPT_BENCHMARKS"):
        tables("orlib_cap", "cap41", "multi-source")
