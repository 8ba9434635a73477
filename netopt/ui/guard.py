"""Who may talk to the page: this machine alone, under its own name, and with the token that `netopt ui` printed.

A page of another site can send requests to 127.0.0.1 as well, under a name of its own (DNS rebinding) or from another
port. So each request needs the right ``Host``, no foreign ``Origin``, and the cookie that only the token gives.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

__all__ = ["Guard"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_REFUSED = 403
_POLICY_VIOLATED = 1008
_OWN = frozenset({"", "none", "same-origin"})
"""What browsers say in ``Sec-Fetch-Site`` of requests that the page makes itself, or that somebody typed."""

_ENTER = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>netopt</title>
<meta http-equiv="refresh" content="0;url=/"></head><body><p><a href="/">netopt</a></p></body></html>"""
"""A redirect would be a part of the click in a terminal that is a web page itself, which gets no strict cookie."""


class Guard:
    """Lets through what the browser of this user asks for, and answers 403 to everything else.

    Parameters
    ----------
    app : callable
        What is behind, as ASGI has it.
    port : int
        Where the server listens on 127.0.0.1.
    token : str, optional
        What the first address has to carry; a random one without it.
    """

    def __init__(self, app: App, port: int, token: str | None = None) -> None:
        self.app = app
        self.token = token or secrets.token_urlsafe(32)
        self._hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        self._origins = tuple(f"http://{host}" for host in self._hosts)
        self._cookie = f"netopt-{port}"  # cookies are shared by all ports of a host
        self._session = secrets.token_urlsafe(32)
        self._once = ""
        self._headers = _headers(" ".join(f"ws://{host}" for host in self._hosts))

    @property
    def address(self) -> str:
        """Where a browser enters."""
        return f"{self._origins[0]}/?token={self.token}"

    def address_to_open(self) -> str:
        """Return where a browser enters once: what starts a browser is seen by every user of the machine."""
        self._once = secrets.token_urlsafe(32)
        return f"{self._origins[0]}/?token={self._once}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif not self._is_for_us(scope):
            await _refuse(scope, send, "This page answers the browser of its own machine only.\n")
        elif self._comes_from_us(scope) and self._has_cookie(scope):
            await self.app(scope, receive, self._sealed(send))
        elif scope["type"] == "http" and self._has_token(scope):  # a click in a terminal that is a web page, too
            await self._let_in(send)
        else:
            await _refuse(scope, send, "Open the address that `netopt ui` printed; it carries a token.\n")

    def _is_for_us(self, scope: Scope) -> bool:
        """Whether a request names this page, and no page of elsewhere has made it by script."""
        hosts, origins = _header(scope, b"host"), _header(scope, b"origin")
        if len(hosts) != 1 or hosts[0] not in self._hosts or len(origins) > 1:
            return False
        if scope["type"] == "websocket" and not origins:
            return False  # every browser sends it there
        return all(origin in self._origins for origin in origins)

    def _comes_from_us(self, scope: Scope) -> bool:
        """Whether nothing on another page, such as a picture's address, has made a request."""
        return _OWN.issuperset(_header(scope, b"sec-fetch-site"))

    def _has_cookie(self, scope: Scope) -> bool:
        for words in _header(scope, b"cookie"):
            try:
                morsel = SimpleCookie(words).get(self._cookie)
            except CookieError:
                continue
            if morsel is not None and _equal(morsel.value, self._session):
                return True
        return False

    def _has_token(self, scope: Scope) -> bool:
        said = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [])
        if scope["method"] != "GET" or len(said) != 1:
            return False
        if self._once and _equal(said[0], self._once):
            self._once = ""
            return True
        return _equal(said[0], self.token)

    async def _let_in(self, send: Send) -> None:
        cookie = f"{self._cookie}={self._session}; Path=/; HttpOnly; SameSite=Strict"
        headers = [(b"set-cookie", cookie.encode()), (b"content-type", b"text/html; charset=utf-8"), *self._headers]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": _ENTER.encode()})

    def _sealed(self, send: Send) -> Send:
        """Return what sends answers with the headers that keep a browser from fetching or showing them elsewhere."""
        ours = {name for name, _ in self._headers}

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in ours]
                stored = any(name.lower() == b"cache-control" for name, _ in kept)
                more = [] if stored else [(b"cache-control", b"no-store")]
                message = {**message, "headers": [*kept, *self._headers, *more]}
            await send(message)

        return sealed


def _headers(sockets: str) -> list[tuple[bytes, bytes]]:
    """Return headers for every answer: nothing from elsewhere, nothing told elsewhere, in no frame of elsewhere."""
    policy = "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # NiceGUI compiles its templates in the browser
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' {sockets}",
            "object-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        )
    )  # fmt: skip
    return [
        (b"content-security-policy", policy.encode()),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]


async def _refuse(scope: Scope, send: Send, words: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": _POLICY_VIOLATED})  # before it is accepted: 403
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": _REFUSED, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})


def _header(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
