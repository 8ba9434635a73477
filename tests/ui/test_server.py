"""The page as it is served, asked by a plain HTTP client."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ui.conftest import ROOT, Page


def ask(page: Page, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=20)
    given = {"Host": f"127.0.0.1:{page.port}", **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection.putrequest(method, path, skip_host=True)
    for name, value in given.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read() if answer.status != 101 else b""
    connection.close()
    return answer.status, answer.headers, body


@pytest.fixture(scope="module")
def cookie(page: Page) -> str:
    status, headers, _ = ask(page, f"/?token={page.token}")
    assert status == 200
    return headers["Set-Cookie"].split(";")[0]


PATHS = ("/", "/export/network.csv", "/_nicegui_ws/socket.io/?EIO=4&transport=polling", "/_nicegui/3/static/nicegui.css", "/x")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_without_token_or_cookie(page: Page, path: str) -> None:
    assert ask(page, path)[0] == 403
    assert ask(page, path, Cookie=f"netopt-{page.port}=guess")[0] == 403


@pytest.mark.parametrize("path", PATHS)
def test_nothing_under_another_name(page: Page, cookie: str, path: str) -> None:
    assert ask(page, path, Host=f"evil.example:{page.port}", Cookie=cookie)[0] == 403
    assert ask(page, path, Origin="http://evil.example", Cookie=cookie)[0] == 403


def upgrade(page: Page, **headers: str) -> int:
    words = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
             "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", **headers}  # fmt: skip
    return ask(page, "/_nicegui_ws/socket.io/?EIO=4&transport=websocket", **words)[0]


def test_the_websocket_is_guarded_as_well(page: Page, cookie: str) -> None:
    assert upgrade(page) == 403
    assert upgrade(page, Origin=page.origin) == 403
    assert upgrade(page, Cookie=cookie) == 403
    assert upgrade(page, Cookie=cookie, Origin="http://evil.example") == 403
    assert upgrade(page, Cookie=cookie, Origin=page.origin) == 101


def test_the_page_and_its_exports(page: Page, cookie: str) -> None:
    status, headers, body = ask(page, Cookie=cookie)
    assert status == 200
    assert b"<img src=x" not in body
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "server" not in {name.lower() for name in headers}
    status, headers, body = ask(page, "/export/network.csv", Cookie=cookie)
    assert (status, headers["Content-Disposition"]) == (200, 'attachment; filename="network.csv"')
    assert body.startswith(b"table,name,")
    assert ask(page, "/export/..%2f..%2fetc%2fpasswd", Cookie=cookie)[0] == 404
    assert ask(page, "/export/other.html", Cookie=cookie)[0] == 404
    for path in ("/docs", "/openapi.json", "/redoc"):
        assert b"openapi" not in ask(page, path, Cookie=cookie)[2]


def test_only_this_machine_is_listened_to(page: Page) -> None:
    with socket.socket() as other, pytest.raises(OSError, match=r"refused|unreachable|timed out"):
        other.settimeout(2)
        other.connect(("127.0.0.2", page.port))


def test_nothing_is_kept_on_the_disk(page: Page) -> None:
    assert {file.name for file in page.folder.iterdir()} == {"network.csv"}


def test_ctrl_c_ends_it(page: Page, tmp_path: Path) -> None:  # `page` says whether NiceGUI is there
    argv = [sys.executable, "-m", "netopt", "ui", str(page.folder / "network.csv"), "--no-browser"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, cwd=tmp_path, env=env, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline()
        assert "Ctrl-C ends it" in process.stdout.readline()
        port = int(re.findall(r":(\d+)/", address)[0])
        answered = http.client.HTTPConnection("127.0.0.1", port, timeout=20)  # waits until it serves
        answered.request("GET", "/")
        assert answered.getresponse().status == 403
        answered.close()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")
    with socket.socket() as gone:
        assert gone.connect_ex(("127.0.0.1", port)) != 0
