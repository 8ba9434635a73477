from __future__ import annotations

import asyncio
from typing import Any

import pytest

from netopt.ui.guard import Guard

PORT = 4321
HOST = f"127.0.0.1:{PORT}"


async def _app(_scope: Any, _receive: Any, send: Any) -> None:
    headers = [(b"content-type", b"text/html"), (b"X-Frame-Options", b"ALLOWALL")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"inside"})


@pytest.fixture
def guard() -> Guard:
    return Guard(_app, PORT)


def ask(guard: Guard, kind: str = "http", query: str = "", method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
    """Status, headers and body of an answer; the status of a websocket that is closed is its code."""
    said: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        said.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    given = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": kind, "method": method, "path": "/", "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    asyncio.run(guard(scope, receive, send))
    first = said[0]
    if first["type"] == "websocket.close":
        return first["code"], {}, b""
    return first["status"], {name.decode().lower(): value.decode() for name, value in first["headers"]}, said[1]["body"]


def cookie(guard: Guard) -> str:
    status, headers, _ = ask(guard, query=f"token={guard.token}")
    assert status == 200
    return headers["set-cookie"]


def test_the_token_gives_a_strict_cookie_and_nothing_else(guard: Guard) -> None:
    status, headers, body = ask(guard, query=f"token={guard.token}")
    assert status == 200
    assert headers["set-cookie"].startswith(f"netopt-{PORT}=")
    assert headers["set-cookie"].endswith("; Path=/; HttpOnly; SameSite=Strict")
    assert guard.token not in headers["set-cookie"]
    assert b"inside" not in body
    assert guard.token.encode() not in body
    assert guard.address == f"http://{HOST}/?token={guard.token}"


@pytest.mark.parametrize("query", ["", "token=", "token=wrong", "other=1", "token={0}&token={0}", "token={0}x", "token=%ff"])
def test_nothing_without_the_token(guard: Guard, query: str) -> None:
    status, headers, body = ask(guard, query=query.format(guard.token))
    assert status == 403
    assert "set-cookie" not in headers
    assert b"inside" not in body


def test_the_token_is_for_looking_at_the_page(guard: Guard) -> None:
    assert ask(guard, method="POST", query=f"token={guard.token}")[0] == 403


def test_the_cookie_lets_in(guard: Guard) -> None:
    given = cookie(guard).split(";")[0]
    status, headers, body = ask(guard, cookie=f"other=1; {given}")
    assert (status, body) == (200, b"inside")
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert ask(guard, host=f"localhost:{PORT}", cookie=given)[0] == 200
    assert ask(guard, origin=f"http://{HOST}", sec_fetch_site="same-origin", cookie=given)[0] == 200


@pytest.mark.parametrize("words", ["netopt-4321=wrong", "netopt-4321=", "netopt-1=x", "", '"', "netopt-4321"])
def test_no_other_cookie_does(guard: Guard, words: str) -> None:
    assert ask(guard, cookie=words)[0] == 403


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:80", "", f"[::1]:{PORT}",
                                  f"127.0.0.1.evil.example:{PORT}"])  # fmt: skip
def test_another_name_of_this_machine_is_refused(guard: Guard, host: str) -> None:
    given = cookie(guard).split(";")[0]
    assert ask(guard, host=host, cookie=given)[0] == 403
    assert ask(guard, host=host, query=f"token={guard.token}")[0] == 403


@pytest.mark.parametrize("headers", [
    {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:9"}, {"origin": f"https://{HOST}"},
])  # fmt: skip
def test_other_pages_are_refused(guard: Guard, headers: dict[str, str]) -> None:
    given = cookie(guard).split(";")[0]
    assert ask(guard, cookie=given, **headers)[0] == 403
    assert ask(guard, query=f"token={guard.token}", **headers)[0] == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_elsewhere_needs_the_token(guard: Guard, site: str) -> None:
    given = cookie(guard).split(";")[0]
    assert ask(guard, cookie=given, sec_fetch_site=site)[0] == 403
    status, _, body = ask(guard, query=f"token={guard.token}", cookie=given, sec_fetch_site=site)
    assert (status, b"inside" in body) == (200, False)


def test_websockets_need_cookie_and_origin(guard: Guard) -> None:
    given = cookie(guard).split(";")[0]
    own = f"http://{HOST}"
    assert ask(guard, "websocket", cookie=given)[0] == 1008
    assert ask(guard, "websocket", origin=own)[0] == 1008
    assert ask(guard, "websocket", origin=own, query=f"token={guard.token}")[0] == 1008
    assert ask(guard, "websocket", origin="http://evil.example", cookie=given)[0] == 1008
    assert ask(guard, "websocket", origin=own, cookie=given)[0] == 200


def test_the_address_that_is_opened_works_once(guard: Guard) -> None:
    query = guard.address_to_open().split("?")[1]
    assert ask(guard, query=query, host="evil.example")[0] == 403
    assert ask(guard, query=query)[0] == 200
    assert ask(guard, query=query)[0] == 403
    assert ask(guard, query=f"token={guard.token}")[0] == 200
    first = guard.address_to_open().split("?")[1]
    guard.address_to_open()
    assert ask(guard, query=first)[0] == 403


def test_every_guard_has_a_token_of_its_own(guard: Guard) -> None:
    assert Guard(_app, PORT).token != guard.token
    assert len(guard.token) >= 40
