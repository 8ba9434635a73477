"""The page in a real browser: what an analyst does with it, and that it asks nobody but this machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ui.conftest import HOSTILE, Page

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
BY = "css selector"
SECONDS = 20


@pytest.fixture
def browser(page: Page, tmp_path: Path) -> Iterator[Any]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-sync",
                 "disable-background-networking", "disable-component-update", f"user-data-dir={tmp_path / 'profile'}",
                 "window-size=1280,1000"):  # fmt: skip
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield found
    found.quit()


class Analyst:
    """Looks at the page and presses its buttons."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def waits(self, until: Callable[[], Any]) -> Any:
        from selenium.common.exceptions import WebDriverException
        from selenium.webdriver.support.ui import WebDriverWait

        ignored = (WebDriverException, IndexError, StopIteration)  # what is drawn anew is gone for a moment
        return WebDriverWait(self.browser, SECONDS, 0.05, ignored).until(lambda _browser: until())

    def all(self, selector: str) -> list[Any]:
        return [each for each in self.browser.find_elements(BY, selector) if each.is_displayed()]

    def sees(self, selector: str, words: str) -> Any:
        return self.waits(lambda: next(each for each in self.all(selector) if words in each.text))

    def presses(self, words: str, selector: str = "button") -> None:
        self.waits(lambda: next(each for each in self.all(selector) if words in each.text).click() is None)

    def switches(self, said: str) -> None:
        self.waits(lambda: self.all(f"button[aria-label='{said}']")[0].click() is None)
        self.waits(lambda: self.all(f"button[aria-label='{said}'][aria-pressed='true']"))

    def types(self, selector: str, words: str) -> None:
        box = self.waits(lambda: self.all(selector)[0])
        box.send_keys(webdriver.Keys.CONTROL, "a")
        box.send_keys(words)


def test_an_analyst_at_work(page: Page, browser: Any) -> None:
    analyst = Analyst(browser)
    browser.get(page.address)
    analyst.sees(".sites", HOSTILE)
    assert browser.current_url == f"{page.origin}/"  # without the token
    analyst.waits(lambda: browser.execute_script("return document.querySelector('.map .scatterlayer') !== null"))

    analyst.presses("Solve")
    analyst.sees(".progress", "3,780.00 USD   the cheapest plan")
    names = "return [...document.querySelectorAll('.map text')].map((each) => each.textContent)"
    named = analyst.waits(lambda: [each for each in browser.execute_script(names) if each.startswith(HOSTILE[:20])])
    assert named[0].endswith("…")  # long names are cut on the map
    analyst.presses("Result", ".q-tab")
    analyst.sees(".headline", "3,780.00 USD")
    analyst.presses("Keep this plan")

    analyst.presses("Map", ".q-tab")
    analyst.switches("Reno: must be closed")
    analyst.sees(".figure", "Cost, before the changes")
    analyst.presses("Solve")
    analyst.sees(".progress", "4,230.00 USD   the cheapest plan")
    analyst.presses("Result", ".q-tab")
    analyst.types("input[aria-label='Name']", "<img src=x onerror=alert(2)>")
    analyst.presses("Keep this plan")
    analyst.presses("Scenarios", ".q-tab")
    table = analyst.sees(".report table", "<img src=x onerror=alert(2)>").text
    assert "base 3,780.00" in table
    assert "+450.00" in table

    bad_cell(analyst)
    analyst.presses("What if")
    analyst.types(".dialog input", f'facilities["{HOSTILE}"].capacity=many')
    analyst.presses("Make the change")
    analyst.sees(".q-notification", "not")

    assert browser.execute_script("return document.querySelectorAll('img[src=x]').length") == 0
    assert everything_asked(browser) == {f"127.0.0.1:{page.port}"}
    said = [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
    assert said == []


def bad_cell(analyst: Analyst) -> None:
    """Type a word where a number belongs, see the fix, and take it back."""
    analyst.presses("Tables", ".q-tab")
    cell = analyst.waits(lambda: analyst.all("[row-id='4'] [col-id='name']")[0])
    assert cell.text == HOSTILE
    capacity = analyst.waits(lambda: analyst.all("[row-id='3'] [col-id='latitude']")[0])
    webdriver.ActionChains(analyst.browser).double_click(capacity).send_keys("abc", webdriver.Keys.ENTER).perform()
    analyst.sees(".problems", 'facilities row 3, latitude: "abc" is not a number; write a number')
    assert analyst.waits(lambda: analyst.all(".ag-cell.wrong")[0]).text == "abc"
    analyst.waits(lambda: not analyst.all(".head button.bg-primary:not([disabled])"))
    analyst.waits(lambda: analyst.all("button[aria-label='Undo']")[0].click() is None)
    analyst.waits(lambda: not analyst.all(".problems button"))


def everything_asked(browser: Any) -> set[str]:
    """Host and port of every request and websocket, of whatever the page asked for."""
    from urllib.parse import urlsplit

    found = set()
    for entry in browser.get_log("performance"):
        said = json.loads(entry["message"])["message"]
        url = said["params"].get("request", said["params"]).get("url", "")
        asked = said["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated")
        if asked and not url.startswith(("data:", "blob:", "about:", "chrome:")):
            found.add(urlsplit(url).netloc)
    return found
