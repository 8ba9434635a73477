"""Take the pictures that README shows: solve the sample, write its pages, and photograph them in Chromium.

    python -m pip install 'netopt[ui,notebook]' selenium
    python examples/take_pictures.py [FOLDER]

It needs Chromium with its driver (Debian: apt-get install chromium-driver) and, for the picture of the workbook,
LibreOffice and pdftoppm (apt-get install libreoffice-calc poppler-utils); what is not there is said and left out.
"""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NETWORK = HERE.parent / "data" / "us-retail" / "network.csv"
PICTURES = HERE / "pictures"

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
DRAWN = "return [...document.querySelectorAll('.js-plotly-plot')].every(p => p._fullLayout)"


def netopt(*arguments: object, folder: Path) -> None:
    """Run a command in a folder."""
    command = [sys.executable, "-m", "netopt", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 4):
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")


@contextmanager
def browser() -> Iterator[Any]:
    """Give a browser with a profile of its own."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    with tempfile.TemporaryDirectory() as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=Service(str(shutil.which("chromedriver"))))
        try:
            yield driver
        finally:
            driver.quit()


def photograph(
    driver: Any,
    address: str,
    target: Path,
    *,
    width: int = 1200,
    height: int = 900,
    scroll: str = "",
    dark: bool = False,
) -> None:
    """Take a picture of a page, from an element on where one is named.

    Parameters
    ----------
    driver : webdriver
        The browser.
    address : str
        Of the page; blank for the one that is open.
    target : Path
        A .webp file.
    width, height : int
        Of the window, pixels.
    scroll : str
        CSS selector of what is to stand at the top.
    dark : bool
        Whether the reader likes it dark.
    """
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
    })  # fmt: skip
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    if address:
        driver.get(address)
    until = time.monotonic() + 30
    while not driver.execute_script(DRAWN) and time.monotonic() < until:
        time.sleep(0.1)
    if scroll:
        driver.execute_script("document.querySelector(arguments[0]).scrollIntoView()", scroll)
        driver.execute_script("window.scrollBy(0, -16)")
    time.sleep(0.5)
    said = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "webp", "quality": 82})
    target.write_bytes(base64.b64decode(said["data"]))
    print(f"{target.name}: {target.stat().st_size // 1024} KB")


def workbook(file: Path, target: Path) -> None:
    """Take a picture of the charts of a workbook as LibreOffice shows them."""
    office, ppm = shutil.which("soffice"), shutil.which("pdftoppm")
    if office is None or ppm is None:
        print("LibreOffice or pdftoppm is not there: no picture of the workbook")
        return
    with tempfile.TemporaryDirectory() as place:
        convert = [office, "--headless", "--convert-to", "pdf", "--outdir", place, str(file)]
        subprocess.run(convert, check=True, capture_output=True)
        pdf = Path(place, file.with_suffix(".pdf").name)
        subprocess.run([ppm, "-r", "95", "-f", "2", "-l", "2", "-png", str(pdf), str(Path(place, "page"))], check=True)
        page = next(iter(sorted(Path(place).glob("page*.png"))))
        with browser() as driver:
            image = base64.b64encode(page.read_bytes()).decode()
            address = f"data:text/html,<body style='margin:0'><img src='data:image/png;base64,{image}'>"
            photograph(driver, address, target, width=1040, height=560)


def local_page(driver: Any, folder: Path, target: Path) -> None:
    """Take a picture of `netopt ui`."""
    command = [sys.executable, "-m", "netopt", "ui", str(NETWORK), "--no-browser", "--gap", "0.003"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            address = next(found.group() for line in child.stdout if (found := re.search(r"http://\S+", line)))
            photograph(driver, address, target, height=860)
            button = "[...document.querySelectorAll('button')].find(b => /solve$/i.test(b.innerText.trim()))"
            driver.execute_script(f"{button}.click()")
            time.sleep(25)
            photograph(driver, "", target, height=860)
        finally:
            child.terminate()


def notebook(driver: Any, target: Path) -> None:
    """Take a picture of the notebook, once its plans are there."""
    command = [sys.executable, "-m", "marimo", "run", str(HERE / "what_if_notebook.py"), "--headless", "--no-token"]
    with subprocess.Popen([*command, "--port", "8765"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        try:
            time.sleep(10)
            driver.get("http://127.0.0.1:8765")
            time.sleep(75)
            photograph(driver, "", target, height=1250)
        finally:
            child.terminate()


def main(folder: Path) -> None:
    """Take all pictures.

    Parameters
    ----------
    folder : Path
        Where they go.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, browser() as driver:
        place = Path(name)
        netopt("solve", NETWORK, "--out", "today", folder=place)
        for scenario, edit in (
            ("without-reno", "facilities.Reno.status=closed"),
            ("west-grows", "demand[customer.region=West].quantity*=1.2"),
        ):
            netopt("solve", NETWORK, "--gap", "0.002", "--set", edit, "--out", scenario, folder=place)
        netopt("compare", "today", "without-reno", "west-grows", "--out", "beside", folder=place)
        report, beside = (place / "today" / "report.html").as_uri(), (place / "beside" / "compare.html").as_uri()
        photograph(driver, report, folder / "report.webp", height=1250)
        photograph(driver, report, folder / "report-dark.webp", scroll=".map", dark=True, height=760)
        photograph(driver, report, folder / "report-phone.webp", scroll=".map", width=390, height=844)
        photograph(driver, beside, folder / "compare.webp", height=1250)
        local_page(driver, place, folder / "ui.webp")
        notebook(driver, folder / "notebook.webp")
        workbook(place / "today" / "plan.xlsx", folder / "workbook.webp")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else PICTURES)
