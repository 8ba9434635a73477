"""Networks whose names would like to be markup or formulas, and a page as a browser's parser sees it."""

from __future__ import annotations

from html.parser import HTMLParser

import pandas as pd

EVIL = "</script><img src=x onerror=alert(1)>"
FORMULA = "=1+1"


def evil_network(periods: int = 1, unmet: bool = False) -> dict[str, pd.DataFrame]:
    """Return a network of one supplier and one site, both with hostile names, over some periods."""
    tables = {
        "facilities": pd.DataFrame(
            {"name": ["Port", EVIL, FORMULA], "type": ["supplier", "fc", "fc"], "fixed_cost": [0.0, 10.0, 10.0],
             "status": ["open", "consider", "consider"], "capacity": [None, 60.0, 60.0]}
        ),
        "customers": pd.DataFrame({"name": ["Ann & <b>Bob</b>", "@SUM(A1)"]}),
        "demand": pd.DataFrame(
            {"customer": ["Ann & <b>Bob</b>", "@SUM(A1)"], "quantity": [50.0, 50.0 + 30 * unmet],
             "unmet_cost": [100.0 if unmet else None] * 2}
        ),
        "lanes": pd.DataFrame(
            [("Port", EVIL, 1.0), ("Port", FORMULA, 1.5)]
            + [(site, who, 1 / 3) for site in (EVIL, FORMULA) for who in ("Ann & <b>Bob</b>", "@SUM(A1)")],
            columns=["origin", "destination", "unit_cost"],
        ),
        "settings": pd.DataFrame({"key": ["currency"], "value": ["<i>$</i>"]}),
    }  # fmt: skip
    if periods > 1:
        names = [f"2027-Q{number}" for number in range(1, periods + 1)]
        tables["periods"] = pd.DataFrame({"name": names, "days": [90.0] * periods})
        tables["inventory"] = pd.DataFrame({"facility": [EVIL], "safety_stock": [5.0], "storage_cost": [1.0]})
    return tables


class Seen(HTMLParser):
    """What a page holds: its tags, its attributes, its text, and what its scripts are and read."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.data: dict[str, str] = {}
        self._script: str | None = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag == "script":
            self._script = dict(attrs).get("id") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        if self._script is None:
            self.words.append(data)
        elif self._script:
            self.data[self._script] = data
        else:
            self.scripts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())
