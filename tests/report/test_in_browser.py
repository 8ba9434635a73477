"""The page in a real browser: it draws, answers, asks for nothing, and nothing that a name says is ever run.

Debian's chromium and its driver are needed (``apt-get install chromium-driver``); without them these tests are skipped.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import netopt
from netopt.plan import Plan
from netopt.report import write_page
from netopt.report.studies.compare_page import write_comparison
from netopt.report.words import amount, money
from tests.plan.rich import rich
from tests.report.pages import EVIL
from tests.report.places import WHERE

webdriver = pytest.importorskip("selenium.webdriver")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed")

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1280,1000",
)  # fmt: skip
KEYS = ["origin", "destination", "mode"]
READY = "return document.documentElement.classList.contains('js') && document.querySelectorAll('.js-plotly-plot').length"
MAP = "const map = document.querySelector('[data-map-canvas]');"

Driver = Any


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Every table is filled; one of the sites has a hostile name, another place none of its coordinates."""
    tables = rich()
    for table, columns in (("facilities", ["name"]), ("lanes", ["origin", "destination"]), ("inventory", ["facility"])):
        tables[table] = tables[table].assign(**{column: tables[table][column].replace("E", EVIL) for column in columns})
    where = {EVIL if name == "E" else name: point for name, point in WHERE.items()}
    for table in ("facilities", "customers"):
        points = pd.DataFrame([where[name] for name in tables[table]["name"]], columns=["latitude", "longitude"])
        tables[table] = pd.concat([tables[table].reset_index(drop=True), points], axis=1)
    return netopt.solve(tables, gap=1e-9)


@pytest.fixture(scope="module")
def address(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("page")
    write_page(plan, folder)
    return (folder / "report.html").as_uri()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser: Driver, address: str) -> Iterator[Driver]:
    """The page, drawn; whatever a test does, the browser has nothing to complain about."""
    browser.get(address)
    assert browser.execute_script(READY) >= 8
    yield browser
    assert [entry["message"] for entry in browser.get_log("browser")] == []


def lanes(page: Driver) -> int:
    """Return how many lanes are drawn as lines."""
    return page.execute_script(
        f"{MAP} return [...map.querySelectorAll('.scatterlayer .trace')].filter(t => t.__data__[0].trace.meta.colours)"
        ".reduce((n, t) => n + t.querySelectorAll('path.js-line').length, 0)"
    )


def seen(page: Driver) -> list[list[str]]:
    """Return what the tooltips of all lanes that are visible would say."""
    return page.execute_script(
        f"{MAP} return map._fullData.filter(t => t.visible === true && t.meta.pointed)"
        ".flatMap(t => t.customdata.map(c => [c[0], c[1], t.hovertemplate.split('<br>')[1].split(' by ')[1] ?? '', ...c.slice(2, 6)]))"
    )


def choose(page: Driver, name: str, value: str) -> None:
    from selenium.webdriver.support.ui import Select

    Select(page.find_element("css selector", f"select[data-map={name}]")).select_by_visible_text(value)


def switch(page: Driver, value: str) -> None:
    page.find_element("css selector", f"input[data-map][value='{value}']").click()


def expected(plan: Plan, product: str | None = None, period: str | None = None) -> list[list[str]]:
    flows = plan.flows()
    for column, name in (("product", product), ("period", period)):
        flows = flows if name is None else flows[flows[column] == name]
    sums = flows.groupby(KEYS)[["quantity", "vehicles", "cost"]].sum()
    scale = float(sums["cost"].max())
    rows = zip(sums.index, sums.to_numpy(), strict=True)
    return sorted([*map(escaped, key), amount(q), amount(v), money(c, "EUR", scale), money(c / q, "EUR")] for key, (q, v, c) in rows)


def escaped(name: str) -> str:
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_it_asks_for_nothing(page: Driver) -> None:
    page.get_log("performance")
    page.refresh()
    choose(page, "product", "A")
    for fold in page.find_elements("css selector", "summary"):
        fold.click()
    messages = [json.loads(entry["message"])["message"] for entry in page.get_log("performance")]
    asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if not url.startswith("data:")] == [page.current_url]


def test_it_draws_the_map_with_its_borders(page: Driver, plan: Plan) -> None:
    count = "return document.querySelectorAll('[data-map-canvas] .trace{} {}').length"
    assert page.execute_script(count.format("land", ".js-fill")) == 1
    assert page.execute_script(count.format("state", ".js-line")) > 50
    assert page.execute_script(count.format("coast", ".js-line")) > 10
    assert lanes(page) == plan.flows().groupby(KEYS).ngroups
    assert page.execute_script(f"{MAP} return map.querySelectorAll('.geolayer *, canvas').length") == 0  # no tiles, no WebGL
    for figure in page.find_elements("css selector", "[data-figure]"):
        assert figure.find_elements("css selector", ".main-svg"), figure.get_attribute("data-figure")
        assert figure.get_attribute("aria-label")


def test_tooltips_are_flows_csv_in_every_view(page: Driver, plan: Plan) -> None:
    for product in (None, "A", "B"):
        choose(page, "product", product or "all products")
        for period in (None, "2027-01", "2027-02"):
            choose(page, "period", period or "all periods")
            assert sorted(seen(page)) == expected(plan, product, period)
            said = page.find_element("css selector", "[data-map-says]").text
            assert (f" of {product}" in said, f" in {period}" in said) == (product is not None, period is not None)


def test_pointing_at_a_lane_says_what_it_carries(page: Driver, plan: Plan) -> None:
    at = page.execute_script(
        f"{MAP} map.scrollIntoView({{block: 'center'}});"
        "const t = map._fullData.find(t => t.meta.pointed && t.customdata.some(c => c[0] === 'D' && c[1] === 'C'));"
        "const i = t.customdata.findIndex(c => c[0] === 'D' && c[1] === 'C'), {xaxis, yaxis} = map._fullLayout;"
        "const box = map.getBoundingClientRect();"
        "return [box.left + xaxis._offset + xaxis.l2p(t.x[i]), box.top + yaxis._offset + yaxis.l2p(t.y[i])]"
    )
    for shift in (3, 0):
        page.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": at[0] + shift, "y": at[1]})
    text = soon(page, "return document.querySelector('[data-map-canvas] .hoverlayer')?.textContent")
    flows = plan.flows().query("origin == 'D' and destination == 'C'")
    assert text.startswith("D → CDC → customer by truck")
    assert f"{amount(flows['quantity'].sum())} units" in text
    assert money(flows["cost"].sum(), "EUR") in text


def soon(page: Driver, script: str) -> Any:
    """Return what a script says once it says anything."""
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(page, 5).until(lambda driver: driver.execute_script(script))


def test_layers_can_be_switched(page: Driver, plan: Plan) -> None:
    whole = plan.flows().groupby(KEYS).ngroups
    for value in ("kind:0", "mode:0"):
        switch(page, value)
        assert len(seen(page)) == lanes(page) < whole
        switch(page, value)
        assert lanes(page) == whole
    marks = f"{MAP} return map._fullData.filter(t => t.visible === true && t.meta.layer === arguments[0]).length"
    for value, layer in (("shut:", "shut"), ("place:customer", "places")):
        before = page.execute_script(marks, layer)
        switch(page, value)
        assert page.execute_script(marks, layer) < before
    assert page.execute_script(marks, "names") > 0
    page.find_element("css selector", "[data-map=names]").click()
    assert page.execute_script(marks, "names") == 0


def test_colours_and_thickness_can_be_chosen(page: Driver) -> None:
    lines = f"{MAP} return map._fullData.filter(t => t.meta.colours).map(t => [t.line.color, t.line.width, t.meta])"
    for name, words in (("cost", "cost per unit"), ("kind", "from and to"), ("mode", "mode")):
        choose(page, "colour", words)
        assert all(colour == meta["colours"][name] for colour, _, meta in page.execute_script(lines))
        assert page.find_element("css selector", ".key.by-cost").is_displayed() == (name == "cost")
    assert len({width for _, width, _ in page.execute_script(lines)}) > 1
    page.find_element("css selector", "[data-map=thick]").click()
    assert {width for _, width, _ in page.execute_script(lines)} == {1.2}
    fates = f"{MAP} return map._fullData.filter(t => t.meta.fate).map(t => [t.meta.fate, t.marker.symbol])"
    assert {symbol for _, symbol in page.execute_script(fates)} == {"circle"}
    choose(page, "customers", "by promise kept")
    assert dict(page.execute_script(fates))["not all delivered"] == "x"


def test_the_keyboard_does_it_too(page: Driver) -> None:
    from selenium.webdriver.common.keys import Keys

    box = page.find_element("css selector", "input[value='mode:0']")
    before = lanes(page)
    box.send_keys(Keys.SPACE)
    assert lanes(page) < before
    span = f"{MAP} const [low, high] = map._fullLayout.xaxis.range; return high - low"
    wide = page.execute_script(span)
    page.find_element("css selector", "[data-tool=in]").send_keys(Keys.ENTER)
    assert page.execute_script(span) == pytest.approx(wide * 0.6, rel=0.01)
    page.find_element("css selector", "[data-tool=whole]").send_keys(Keys.ENTER)
    assert page.execute_script(span) == pytest.approx(wide, rel=0.01)
    head = page.find_element("css selector", "table[data-sorts] th:nth-child(4) button")
    head.send_keys(Keys.ENTER)
    assert head.find_element("xpath", "..").get_attribute("aria-sort") == "descending"


def column(page: Driver, label: str, number: int) -> list[str]:
    return page.execute_script(
        "return [...document.querySelector(`[aria-label='${arguments[0]}'] tbody`).rows].filter(r => !r.hidden).map(r => r.cells[arguments[1]].textContent)",
        label, number,
    )  # fmt: skip


def test_tables_are_sorted_by_their_true_values(page: Driver, plan: Plan) -> None:
    sites = plan.sites()
    open_ones = sites[sites["open"] == 1].groupby("name")[["throughput", "cost"]].sum()
    button = "[aria-label='Open sites'] thead th:nth-child({}) button"
    for number, name in ((4, "throughput"), (6, "cost")):
        page.find_element("css selector", button.format(number)).click()
        names = column(page, "Open sites", 0)
        assert names == list(open_ones[name].sort_values(ascending=False, kind="stable").loc[names].index)
        assert list(open_ones.loc[names, name]) == sorted(open_ones.loc[names, name], reverse=True)
        page.find_element("css selector", button.format(number)).click()
        assert list(open_ones.loc[column(page, "Open sites", 0), name]) == sorted(open_ones.loc[names, name])
    page.find_element("css selector", button.format(1)).click()
    assert column(page, "Open sites", 0) == sorted(names, key=str.casefold)
    assert len(page.find_elements("css selector", "[aria-label='Open sites'] [aria-sort]")) == 1


def test_a_hostile_name_stays_text(page: Driver) -> None:
    assert page.execute_script("return document.images.length") == 0
    assert EVIL in column(page, "Open sites", 0)
    written = page.execute_script("return [...document.querySelectorAll('[data-map-canvas] text')].map(t => t.textContent)")
    assert any(text.startswith("</script><img src=x onerror=") for text in written)
    assert page.execute_script("return document.querySelectorAll('svg a').length") == 0


def test_a_script_that_is_not_its_own_does_not_run(page: Driver) -> None:
    page.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s);"
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 2\">')"
    )
    assert page.execute_script("return window.ran ?? null") is None
    blocked = [entry["message"] for entry in page.get_log("browser")]
    assert len(blocked) >= 2
    assert all("Content Security Policy" in message for message in blocked)


def test_a_phone_needs_no_sideways_scrolling(page: Driver) -> None:
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True})
    page.refresh()
    try:
        assert page.execute_script(READY) >= 8
        assert page.execute_script("return [document.documentElement.scrollWidth, innerWidth]") == [390, 390]
        assert page.execute_script(f"{MAP} return map.getBoundingClientRect().width") <= 390
        assert not page.find_element("css selector", "[data-map=names]").is_selected()
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_finger_scrolls_the_page_over_every_figure(page: Driver) -> None:
    touch = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", touch)
    page.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.refresh()
    try:
        for place in ("[data-map-canvas]", "[data-figure=service]", "[data-figure=sankey]"):
            x, y, before = page.execute_script(
                "const p = document.querySelector(arguments[0]); p.scrollIntoView({block: 'center'});"
                "const b = p.getBoundingClientRect(); return [b.left + 100, b.top + b.height / 2, scrollY]",
                place,
            )
            moves = [("touchStart", [0]), *(("touchMove", [15 * step]) for step in range(1, 12)), ("touchEnd", [])]
            for kind, shifts in moves:
                points = [{"x": x, "y": y - shift} for shift in shifts]
                page.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            assert soon(page, f"return scrollY > {before} + 50"), place
    finally:
        page.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_wheel_zooms_with_ctrl_alone(page: Driver) -> None:
    span = f"{MAP} const [low, high] = map._fullLayout.xaxis.range; return high - low"
    turn = f"{MAP} map.dispatchEvent(new WheelEvent('wheel', {{deltaY: -100, ctrlKey: arguments[0], cancelable: true}}))"
    wide = page.execute_script(span)
    page.execute_script(turn, False)
    assert page.execute_script(span) == wide
    page.execute_script(turn, True)
    assert page.execute_script(span) == pytest.approx(wide * 0.8, rel=0.01)
    switch(page, "mode:0")
    assert page.execute_script(span) == pytest.approx(wide * 0.8, rel=0.01)  # other layers, the same part of the map


def test_the_map_can_be_saved_as_a_picture(page: Driver) -> None:
    picture = page.execute_async_script(f"{MAP} Plotly.toImage(map, {{format: 'png', width: 300, height: 200}}).then(arguments[0])")
    assert picture.startswith("data:image/png;base64,")
    assert len(picture) > 5_000


def test_in_the_dark_text_is_light(page: Driver) -> None:
    colour = "const t = document.querySelector('[data-figure=sankey] text'); return getComputedStyle(t).fill"
    light = page.execute_script(colour)
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    try:
        dark = page.execute_script(colour)
    finally:
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert (light, dark) == ("rgb(28, 31, 35)", "rgb(232, 230, 225)")


def test_on_paper_figures_fit_and_tables_are_open(page: Driver) -> None:
    state = "return [[...document.querySelectorAll('details')].every(d => d.open), Math.max(...[...document.querySelectorAll('.main-svg')].map(s => s.clientWidth))]"
    assert page.execute_script(state)[0] is False
    page.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert page.execute_script(state) == [True, 680]
    page.execute_script("dispatchEvent(new Event('afterprint'))")
    assert page.execute_script(state)[0] is False
    assert page.execute_script(state)[1] > 680


def test_without_scripts_the_tables_are_all_there(browser: Driver, address: str) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(address)
        assert not any(figure.is_displayed() for figure in browser.find_elements("css selector", "figure"))
        tables = browser.find_elements("css selector", "table")
        assert len(tables) == 9
        assert all(table.is_displayed() for table in tables)
        assert not browser.find_element("xpath", "//h2[text()='What moves where']").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_long_tables_can_be_searched(browser: Driver, tmp_path: Path) -> None:
    names = [f"{'Town' if at % 3 else 'City'} {at}" for at in range(30)]
    many = {
        "facilities": pd.DataFrame({"name": ["Port", "Hub"], "type": ["supplier", "fc"], "status": "open"}),
        "customers": pd.DataFrame({"name": names}),
        "demand": pd.DataFrame({"customer": names, "quantity": [1000.0 * (at * 7 % 30) + 9.5 for at in range(30)]}),
        "lanes": pd.DataFrame([("Port", "Hub", 1.0), *(("Hub", name, 1.0) for name in names)], columns=["origin", "destination", "unit_cost"]),
    }  # fmt: skip
    write_page(netopt.solve(many), tmp_path)
    browser.get((tmp_path / "report.html").as_uri())
    box = browser.find_element("css selector", ".filter input")
    box.send_keys("city")
    assert len(column(browser, "Customers", 0)) == 10
    assert browser.find_element("css selector", ".filter output").text == "10 of 30"
    box.send_keys(" 27")
    assert "City 27" in column(browser, "Customers", 0)
    assert len(column(browser, "Customers", 0)) < 10
    box.clear()
    box.send_keys(" ")
    browser.find_element("css selector", "[aria-label='Customers'] thead th:nth-child(3) button").click()
    assert column(browser, "Customers", 2)[:2] == ["29,010", "28,010"]  # as numbers, not as words
    assert len(column(browser, "Customers", 0)) == 30
    assert [entry["message"] for entry in browser.get_log("browser")] == []


def test_plans_side_by_side_are_drawn(browser: Driver, plan: Plan, tmp_path: Path) -> None:
    closed = netopt.solve(plan.network.close_site(EVIL), gap=1e-9)
    write_comparison(netopt.compare({EVIL: plan, "without it": closed}), tmp_path / "beside")
    browser.get((tmp_path / "beside" / "compare.html").as_uri())
    drawn = "return [...document.querySelectorAll('.js-plotly-plot')].map(p => p.dataset.figure)"
    assert browser.execute_script(drawn) == ["costs", "map-0", "map-1", "changes"]
    assert EVIL in browser.find_element("tag name", "body").text
    bars = "return document.querySelector('[data-figure=costs]').querySelectorAll('.bars .point path').length"
    assert browser.execute_script(bars) >= 2 * 4
    names = "return [...document.querySelectorAll('[data-figure=map-1] text')].map(t => t.textContent)"
    assert f"{EVIL} (closes)" in browser.execute_script(names)
    assert [entry["message"] for entry in browser.get_log("browser")] == []
