"""Scripts in a page: each is known by its digest, and nothing else runs; data is text that cannot end its element."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any

__all__ = ["data", "own", "plotly", "policy", "script"]

_ESCAPED = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def policy(scripts: Iterable[str] = ()) -> str:
    """Return the policy of a page: it asks for nothing from anywhere, and runs the scripts that are in it alone.

    Parameters
    ----------
    scripts : iterable of str
        Sources, letter by letter as they stand in the page.
    """
    digests = " ".join(f"'sha256-{_digest(source)}'" for source in scripts)
    rules = ["default-src 'none'", "style-src 'unsafe-inline'", "base-uri 'none'", "form-action 'none'"]
    rules += [f"script-src {digests}", "img-src data: blob:"] if digests else []  # pictures are saved as blobs
    return "; ".join(rules)


def script(source: str) -> str:
    """Return a script as an element.

    Raises
    ------
    ValueError
        When the source would end its element early.
    """
    if re.search(r"</script|<!--|\r|\0", source, re.IGNORECASE):
        raise ValueError("a script in a page must not hold </script, <!--, carriage returns or NUL")
    return f"<script>{source}</script>"


def data(name: str, value: Any) -> str:
    """Return plain data as an element that is never run, whatever names it holds."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f'<script type="application/json" id="{name}">{text.translate(_ESCAPED)}</script>'


@lru_cache(maxsize=1)
def plotly() -> str:
    """Return plotly.js as the installed package brings it."""
    return files("plotly").joinpath("package_data/plotly.min.js").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def own() -> str:
    """Return the script of the page itself."""
    return files("netopt.report").joinpath("assets/page.js").read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def _digest(source: str) -> str:
    return base64.b64encode(hashlib.sha256(source.encode("utf-8")).digest()).decode("ascii")
