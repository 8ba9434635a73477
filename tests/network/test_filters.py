"""Filters mean the rows that they say, and text is text, whatever stands in it."""

from __future__ import annotations

import contextlib
import operator
import re
import time
import unicodedata

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netopt import schema
from netopt.network.filters import Condition, FilterError, Rows, conditions, quoted, split, unquoted
from tests.network.what_if import network

SITES = (
    "name,period,type,status,capacity,region,handling_cost\nS,,supplier,,,,\nReno,,fc,consider,400,West,1.5\n"
    "Dallas,,fc,open,,South,\nOld DC,,dc,closed,90,,0\n"
)
GROUPS = "name,member\nWest,Boise\nWest,Phoenix\nWarm,Phoenix\nWarm,Austin\nHot,P2\nHot,P3\n"
DEMAND = "customer,product,period,quantity\nWest,tea,,10\nAustin,tea,,20\nAustin,,,5\nBoise,milk,P2,7\n"


def rows(table: str, words: str, **changed: str | None) -> list[int]:
    """Return the rows that a filter means, as they stand in the source."""
    frames = network(**changed).tables.frames
    return frames[table].index[Rows(frames).matching(table, conditions(words, schema.tables()[table]))].tolist()


def said(table: str, words: str, **changed: str | None) -> tuple[str, str]:
    with pytest.raises(FilterError) as caught:
        rows(table, words, **changed)
    return caught.value.args


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("", [2, 3, 4, 5]),
        (" ; ;", [2, 3, 4, 5]),
        ("name=Reno", [3]),
        ("Reno", [3]),
        (" name = reno ", [3]),
        ("NAME=RENO", [3]),
        ("facility_name=Reno", [3]),
        ("Reno|Dallas", [3, 4]),
        ("name=Reno| old dc ", [3, 5]),
        ("name!=Reno", [2, 4, 5]),
        ("name!=Reno|S", [4, 5]),
        ("name=*", [2, 3, 4, 5]),
        ("name=*e*", [3]),
        ("name=*DC", [5]),
        ("name=R*|D*", [3, 4]),
        ("name!=*a*", [2, 3, 5]),
        ('name="*DC"', []),
        ('name="*DC"|R*', [3]),
        ('name="Old DC"', [5]),
        ("name=Ren?", []),
        ("name=[RD]*", []),
        ("name=", []),
        ("type=fc;status=open", [4]),
        ("type=fc;type=dc", []),
        ("status=open", [2, 4]),
        ("status=", []),
        ("status!=open", [3, 5]),
        ("region=", [2, 5]),
        ("region!=", [3, 4]),
        ("region=West|", [2, 3, 5]),
        ("region!=West", [2, 4, 5]),
        ("country=", [2, 3, 4, 5]),
        ("country=US", []),
        ("country!=US", [2, 3, 4, 5]),
        ("capacity>=400", [3]),
        ("capacity>400", []),
        ("capacity<400", [5]),
        ("capacity<=4e2", [3, 5]),
        ("capacity=400", [3]),
        ("capacity=400|90", [3, 5]),
        ("capacity!=400", [2, 4, 5]),
        ("capacity=", [2, 4]),
        ("capacity!=", [3, 5]),
        ('capacity="400"', [3]),
        ("handling_cost=0", [2, 4, 5]),
        ("handling_cost=", [2, 4]),
        ("handling_cost<1", [2, 4, 5]),
        ("fixed_cost=0", [2, 3, 4, 5]),
        ("fixed_cost>-1", [2, 3, 4, 5]),
        ("storage_capacity>0", []),
        ("type=fc;capacity>=400;region=West", [3]),
    ],
)
def test_sites(words: str, wanted: list[int]) -> None:
    assert rows("facilities", words, facilities=SITES, lanes="origin,destination\nS,Reno\n") == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("customer.region=West", [2, 3]),
        ("customer.region=west;product.weight>1", []),
        ("customer.region=South;product.weight>1", [4]),
        ("customer.region!=West", [4]),
        ("customer.promise_days=", [3]),
        ("customer.promise_days>=2", [2, 4]),
        ("customer.single_source=no", [2, 3, 4]),
        ("product.weight=1|3", [2, 3, 4]),
        ("product.price=", [2, 3, 4]),
        ("customer.name=B*", [2]),
    ],
)
def test_what_the_named_customer_or_product_says(words: str, wanted: list[int]) -> None:
    assert rows("demand", words) == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("origin.type=supplier", [2, 3]),
        ("destination.region=West", [2, 4, 5, 7]),
        ("destination.capacity>=400", [2]),
        ("destination.type=fc|dc", [2, 3]),
        ("destination.promise_days>2", [6]),
        ("product.weight>0", []),
        ("mode=", [5]),
        ("mode!=truck", [5, 7]),
    ],
)
def test_places_are_sites_or_customers(words: str, wanted: list[int]) -> None:
    assert rows("lanes", words) == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("customer=West", [2, 5]),
        ("customer=w*st", [2, 5]),
        ("customer=Boise|Phoenix", [2, 5]),
        ("customer=Austin", [3, 4]),
        ("customer!=Austin", [2, 5]),
        ("customer!=West", [3, 4]),
        ("customer.region=West", [2, 5]),
        ("customer.region=South", [3, 4]),
        ("customer=*", [2, 3, 4, 5]),
        ("product=", [4]),
        ("product=tea", [2, 3]),
        ("customer=Boise;product=milk", [5]),
        ("period=Hot;customer=Boise", [5]),
    ],
)
def test_groups_are_their_members(words: str, wanted: list[int]) -> None:
    assert rows("demand", words, groups=GROUPS, demand=DEMAND) == wanted


def test_a_group_means_its_members_where_they_are_declared() -> None:
    for words in ("West", "name=west", 'name="West"', "name=We*"):
        assert rows("customers", words, groups=GROUPS) == [2, 3]
    assert rows("customers", "name!=West", groups=GROUPS) == [4]
    assert rows("periods", "Hot", groups=GROUPS) == [3, 4]
    assert rows("groups", "name=West", groups=GROUPS) == [2, 3]


@pytest.mark.parametrize(
    "words", ["customer=Boise", "customer=Bo*", "customer=Warm", "customer!=Boise", "customer!=Warm",
              "customer.promise_days>=2", "customer.name!=Boise", "product=tea;customer=Phoenix"],
)  # fmt: skip
def test_a_part_of_a_group_is_refused(words: str) -> None:
    message, fix = said("demand", words, groups=GROUPS, demand=DEMAND)
    assert message == 'only a part of the group "West" is meant, for all of which a row stands'
    assert fix == "give the members that change rows of their own, by customer"


def test_a_group_matters_only_where_the_other_conditions_hold() -> None:
    assert rows("demand", "customer=Boise;product=milk", groups=GROUPS, demand=DEMAND) == [5]


def test_members_with_rows_of_their_own_do_not_count_for_the_group() -> None:
    demand = "customer,product,quantity\nWest,tea,10\nBoise,TEA,4\n"
    given = {"groups": GROUPS, "demand": demand}
    assert rows("demand", "customer=Boise", **given) == [3]
    assert rows("demand", "customer=Phoenix", **given) == [2]
    assert rows("demand", "customer!=Boise", **given) == [2]
    assert rows("demand", "customer=West", **given) == [2, 3]


def test_a_blank_period_is_every_period() -> None:
    demand = "customer,product,period,quantity\nBoise,tea,,1\nBoise,tea,P1,2\nAustin,tea,P2,3\n"
    assert rows("demand", "period=P1", demand=demand) == [3]
    assert rows("demand", "period!=P1", demand=demand) == [4]
    assert rows("demand", "period=", demand=demand) == [2]
    assert rows("demand", "period!=", demand=demand) == [3, 4]
    assert rows("demand", "period=*", demand=demand) == [2, 3, 4]
    assert rows("demand", "period=p1|P2|P3", demand=demand) == [2, 3, 4]
    assert rows("demand", "period.days=31", demand=demand) == [4]
    assert rows("demand", "period=P1", periods=None) == []


def test_the_row_of_a_period_is_compared_as_what_holds_in_it() -> None:
    sites = SITES + "Reno,P2,,,50,,\nOld DC,P1,,,,,3\n"
    given = {"facilities": sites, "lanes": "origin,destination\nS,Reno\n"}
    assert rows("facilities", "region=West", **given) == [3, 6]
    assert rows("facilities", "region=West;capacity<100", **given) == [6]
    assert rows("facilities", "capacity=90", **given) == [5, 7]
    assert rows("facilities", "type=fc", **given) == [3, 4, 6]


def test_a_row_of_a_period_holds_what_the_row_of_a_group_says() -> None:
    demand = "customer,period,quantity,unmet_cost\nWest,,10,4\nBoise,P2,7,\nAustin,P2,7,\n"
    assert rows("demand", "unmet_cost=4", groups=GROUPS, demand=demand) == [2, 3]


@pytest.mark.parametrize(
    ("words", "message", "fix"),
    [
        ("nam=Reno", '"nam" is not a column of facilities', "did you mean name?"),
        ("zzzzzz=1", '"zzzzzz" is not a column of facilities', "use one of name, period, type"),
        ("capacity>=much", '"much" is not a number', "compare the column with a number, such as 12.5"),
        ("capacity=1,200", '"1,200" is not a number', "12.5"),
        ("capacity=nan", '"nan" is not a number', "12.5"),
        ("capacity<inf", '"inf" is not a number', "12.5"),
        ("capacity=1_0", '"1_0" is not a number', "12.5"),
        ("capacity=٣", '"٣" is not a number', "12.5"),
        ("capacity<", '"capacity<" compares with nothing', "write a number after <"),
        ("name>=Reno", '"name" holds words, which >= does not compare', "use = or !="),
        ('name="Reno', '""Reno" has a quote that does not end', 'close it with another "'),
        ('name=a"b;type=fc', '"a"b" has a quote that does not end', 'close it with another "'),
        ("region.name=x", "region does not name anything that has columns of its own", "write region alone"),
        ("period.dayz=3", '"dayz" is not a column of periods', "did you mean days?"),
    ],
)
def test_filters_that_mean_nothing(words: str, message: str, fix: str) -> None:
    refusal = said("facilities", words)
    assert refusal[0] == message
    assert fix in refusal[1]


def test_names_in_any_spelling() -> None:
    composed, decomposed = unicodedata.normalize("NFC", "Zürich"), unicodedata.normalize("NFD", "ZÜRICH")
    sites = f"name,type\nS,supplier\n{composed},fc\nStraße,fc\n東京,fc\n"
    for words in (composed, decomposed, f"name={decomposed}", f'name="{decomposed}"', f"name={decomposed[:3]}*"):
        assert rows("facilities", words, facilities=sites, lanes=None, rates="base_cost\n1\n") == [3]
    assert rows("facilities", "STRASSE|東京", facilities=sites, lanes=None, rates="base_cost\n1\n") == [4, 5]


ODD = ["A;B", "A|B", "A=B", 'the "old" one', '"', "a.*", "(x+x+)+y", "\\d", "[old]", "new?", "__import__('os')", "{0}", "A*B",
       "name=Reno;type=fc", "$(id)", "' or 1=1 --", "a]b", "<b>", "!="]  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_letters_in_quotes_mean_themselves(name: str) -> None:
    sites = pd.DataFrame({"name": [*ODD, "axx", "d"], "type": "fc"})
    found = Rows({"facilities": sites}).matching("facilities", conditions(f"name={quoted(name)}", schema.tables()["facilities"]))
    assert sites["name"][found].tolist() == [name]


@pytest.mark.parametrize(("words", "wanted"), [("a.*", ["a.*"]), ("[old]*", ["[old]"]), ("new?*", ["new?"]), ("\\*", ["\\d"]), ("(x*y", ["(x+x+)+y"])])
def test_only_the_star_is_free(words: str, wanted: list[str]) -> None:
    sites = pd.DataFrame({"name": [*ODD, "axx", "d", "newer"], "type": "fc"})
    found = Rows({"facilities": sites}).matching("facilities", conditions(f"name={words}", schema.tables()["facilities"]))
    assert sites["name"][found].tolist() == wanted


@given(st.text(max_size=30))
def test_quotes_hold_any_text(text: str) -> None:
    assert unquoted(quoted(text)) == text
    assert split(f"{quoted(text)};{quoted(text)}", ";") == [quoted(text)] * 2
    (found,) = conditions(f"name={quoted(text)}", schema.tables()["facilities"])
    assert found == Condition("name", "", "=", (text,))


@given(st.text(alphabet='ab;|"=<>!.*() \\[]\n', max_size=40))
def test_any_text_is_understood_or_refused_in_words(text: str) -> None:
    frames, refusal = {"facilities": pd.DataFrame({"name": ["ab", "a"], "type": ["fc", "dc"]})}, ("what", "fix")
    try:
        Rows(frames).matching("facilities", conditions(text, schema.tables()["facilities"]))
    except FilterError as error:
        refusal = error.args
    assert [bool(words) for words in refusal] == [True, True]


@pytest.mark.parametrize(
    "words",
    ["name=" + "a" * 200_000, '"' * 200_000 + ";", "name=" + "|" * 50_000, ";" * 100_000, "a" * 100_000, "a" + " " * 100_000,
     "a" * 50_000 + "." + "a" * 50_000, "name=" + "*a" * 2_000 + "b", "name=" + "*" * 2_000, 'name=' + '"a' * 100_000],
)  # fmt: skip
def test_long_filters_take_no_time(words: str) -> None:
    frames = {"facilities": pd.DataFrame({"name": ["a" * 2_000, "b"], "type": ["fc", "dc"]})}
    began = time.perf_counter()
    with contextlib.suppress(FilterError):
        Rows(frames).matching("facilities", conditions(words, schema.tables()["facilities"]))
    assert time.perf_counter() - began < 2


SIGNS = {"=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
LETTERS = st.text(alphabet="aB*", min_size=1, max_size=3)
WORD = st.tuples(st.just("region"), st.sampled_from(["=", "!="]), st.lists(LETTERS | st.just(""), min_size=1, max_size=3))
NUMBER = st.tuples(st.sampled_from(["capacity", "fixed_cost"]), st.sampled_from([*SIGNS]), st.lists(st.integers(0, 3), min_size=1, max_size=2))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["", "a", "Ab", "b", "bb", "a*"]), st.none() | st.integers(0, 3), st.none() | st.integers(0, 3)), min_size=1, max_size=6),
    st.lists(WORD | NUMBER, max_size=3),
)
def test_against_one_row_at_a_time(given_rows: list[tuple[str, int | None, int | None]], wanted: list[tuple[str, str, list[object]]]) -> None:
    frame = pd.DataFrame(given_rows, columns=["region", "capacity", "fixed_cost"]).astype({"capacity": float, "fixed_cost": float})
    frame["region"] = frame["region"].mask(frame["region"] == "").astype("str")

    def meets(row: dict[str, object], column: str, sign: str, values: list[object]) -> bool:
        cell = row[column]
        if column == "region":
            shapes = ["".join(".*" if letter == "*" else re.escape(letter) for letter in str(value)) for value in values]
            found = any(re.fullmatch(shape, "" if pd.isna(cell) else str(cell), re.IGNORECASE) for shape in shapes)
            return found == (sign == "=")
        number = 0.0 if column == "fixed_cost" and pd.isna(cell) else cell
        if sign == "!=":
            return all(number != value for value in values)
        return any(SIGNS[sign](number, value) for value in values)

    words = ";".join(f"{column}{sign}{'|'.join(map(str, values))}" for column, sign, values in wanted)
    found = Rows({"facilities": frame}).matching("facilities", conditions(words, schema.tables()["facilities"]))
    assert found.tolist() == [all(meets(row, *each) for each in wanted) for row in frame.to_dict("records")]
