"""Exports as downloads, behind the same guard as the page."""

from __future__ import annotations

from fastapi import FastAPI, Response
from starlette.concurrency import run_in_threadpool

from netopt.ui.export import exports
from netopt.ui.state import Workspace

__all__ = ["add_downloads"]


def add_downloads(site: FastAPI, workspace: Workspace) -> None:
    """Let a site answer ``/export/FILE``; with ``?show=1`` a page is shown in place of saved."""

    @site.get("/export/{file}")
    async def download(file: str, show: bool = False) -> Response:
        export = exports(workspace).get(file)
        if export is None:
            return Response("There is no such export now.\n", 404, media_type="text/plain")
        content = await run_in_threadpool(export.make)
        place = "inline" if show and export.kind == "text/html" else "attachment"
        return Response(
            content, media_type=export.kind, headers={"content-disposition": f'{place}; filename="{export.file}"'}
        )
