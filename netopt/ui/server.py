"""The page's server: on 127.0.0.1 alone, until Ctrl-C; nothing is kept on the disk."""

from __future__ import annotations

import signal
import socket
import threading
import webbrowser
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI
from nicegui import ui

from netopt.ui.downloads import add_downloads
from netopt.ui.guard import Guard
from netopt.ui.page import draw_page
from netopt.ui.state import Workspace

__all__ = ["serve"]

_HOST = "127.0.0.1"
_RECONNECT_SECONDS = 30.0
"""A browser that a search has kept from answering finds its page as it was."""

Tell = Callable[[str], None]


def serve(workspace: Workspace, tell: Tell, *, port: int = 0, browser: bool = True) -> None:
    """Show a workspace until Ctrl-C ends it.

    Parameters
    ----------
    workspace : Workspace
        What is shown; its solver is closed at the end.
    tell : callable
        Takes a line for the terminal.
    port : int
        0 for a free one.
    browser : bool
        Whether the page is opened in the browser of this machine.

    Raises
    ------
    OSError
        When the port is taken.
    """
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((_HOST, port))
        listening.listen()  # a browser that comes before all is ready waits
        site = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        add_downloads(site, workspace)
        ui.page("/")(lambda: draw_page(workspace))
        ui.run_with(
            site, title=f"netopt: {workspace.name}", dark=None, tailwind=False, gzip_middleware_factory=None,
            reconnect_timeout=_RECONNECT_SECONDS, show_welcome_message=False,
        )  # fmt: skip
        guard = Guard(site, listening.getsockname()[1])
        config = uvicorn.Config(
            guard, log_level="warning", access_log=False, proxy_headers=False, server_header=False, lifespan="on",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        tell(f"netopt ui: {guard.address}")
        tell("Only this machine can open it. Ctrl-C ends it.")
        if browser:
            threading.Thread(target=webbrowser.open, args=[guard.address_to_open()], daemon=True).start()
        workspace.solver.warm_up()
        try:
            _Server(config, workspace, tell).run(sockets=[listening])
        finally:
            workspace.close()


class _Server(uvicorn.Server):
    """Ends at Ctrl-C, but first asks a search for the best plan so far, and about what is not saved."""

    def __init__(self, config: uvicorn.Config, workspace: Workspace, tell: Tell) -> None:
        super().__init__(config)
        self._workspace, self._tell = workspace, tell
        self._warned = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as uvicorn calls it
        search = self._workspace.search
        if sig == signal.SIGINT and search is not None and search.running and not search.stopping:
            self._workspace.stop()
            self._tell("netopt ui: the search stops; its best plan will be on the page. Ctrl-C again ends netopt.")
        elif sig == signal.SIGINT and self._workspace.draft.unsaved and not self._warned and not self.should_exit:
            self._warned = True
            self._tell("netopt ui: there are changes that are not saved. Ctrl-C again ends netopt without them.")
        else:
            self.force_exit = self.should_exit
            self.should_exit = True
