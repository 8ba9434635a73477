"""Scripts are known by their digest, and data cannot end its element."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from netopt.report.scripts import data, own, plotly, policy, script
from tests.report.pages import EVIL, Seen


def test_a_page_without_scripts_runs_none() -> None:
    assert policy() == "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def test_only_the_scripts_of_the_page_run() -> None:
    digest = base64.b64encode(hashlib.sha256(b"1 + 1").digest()).decode()
    assert f"script-src 'sha256-{digest}'; img-src data: blob:" in policy(["1 + 1"])
    assert "unsafe-eval" not in policy([own()])
    assert policy([own()]).startswith("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")


@pytest.mark.parametrize("source", ["'</script>'", "'</SCRIPT >'", "<!-- x", "a\r\nb", "a\0b"])
def test_a_script_that_would_not_be_what_its_digest_says_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="a script in a page must not hold"):
        script(source)


def test_those_of_the_page_are_as_they_were_written() -> None:
    assert Seen(script(plotly()) + script(own())).scripts == [plotly(), own()]
    assert len(own().splitlines()) < 300


def test_data_is_text_whatever_it_says() -> None:
    said = {"name": [EVIL, "<!--", "]]>", "a&b", "\u2028\u2029", "\\", '"', "日本"]}
    element = data("figures", said)
    inner = element.removeprefix('<script type="application/json" id="figures">').removesuffix("</script>")
    assert not set("<>&\u2028\u2029") & set(inner)
    assert json.loads(Seen(element).data["figures"]) == said


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        data("figures", float("nan"))
