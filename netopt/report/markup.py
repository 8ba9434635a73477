"""Pieces of a page: every text is escaped, every table is one that the terminal prints, too."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

from netopt.report.console import TextTable
from netopt.report.words import safe

__all__ = ["bullets", "facts", "folded", "paragraph", "section", "table", "text", "tiles"]

_STYLES = {"number": "number", "share": "number share"}


def text(value: object) -> str:
    """Return text that is shown as it is: no markup, no control or bidi characters."""
    return html.escape(safe(value), quote=True)


def paragraph(sentence: str, kind: str = "") -> str:
    """Return one paragraph, of a class where it is named."""
    return f'<p class="{kind}">{text(sentence)}</p>' if kind else f"<p>{text(sentence)}</p>"


def bullets(sentences: Iterable[str]) -> str:
    """Return sentences as a list, nothing for none."""
    items = "".join(f"<li>{text(sentence)}</li>" for sentence in sentences)
    return f"<ul>{items}</ul>" if items else ""


def section(title: str, *parts: str) -> str:
    """Return a part of the page under its title."""
    return f"<section>\n<h2>{text(title)}</h2>\n" + "\n".join(filter(None, parts)) + "\n</section>"


def tiles(figures: Mapping[str, tuple[str, str]]) -> str:
    """Return the figures to look at first, each with a class of its own or none."""
    cells = "".join(
        f"<div{_class(kind)}><dt>{text(label)}</dt><dd>{text(figure)}</dd></div>"
        for label, (figure, kind) in figures.items()
    )
    return f'<dl class="tiles">{cells}</dl>'


def folded(summary: str, *parts: str) -> str:
    """Return what stands behind a figure: folded where scripts run, all of it where they do not, and on paper."""
    inner = "\n".join(filter(None, parts))
    return f'<details class="behind" open><summary>{text(summary)}</summary>\n{inner}\n</details>' if inner else ""


def facts(said: Mapping[str, str], code: Iterable[str] = ()) -> str:
    """Return a list of what is called what; `code` names what a reader may want to copy."""
    copied = set(code)
    rows = "".join(
        f"<dt>{text(label)}</dt><dd>{f'<code>{text(value)}</code>' if label in copied else text(value)}</dd>"
        for label, value in said.items()
    )
    return f'<dl class="facts">{rows}</dl>'


def table(content: TextTable, label: str, *, total: bool = False, minor: Iterable[str] = (), search: str = "") -> str:
    """Return a table; shares are drawn as bars, too, and one with values can be sorted where scripts run.

    Parameters
    ----------
    content : TextTable
        What the terminal would print.
    label : str
        For readers who hear the page.
    total : bool
        Whether the last row is the sum of the others.
    minor : iterable of str
        Titles of the columns that a phone leaves out.
    search : str
        What a box above the table asks for, none without it.
    """
    left_out = set(minor)
    kinds = [_STYLES.get(kind, "") + " minor" * (title in left_out) for title, kind in content.columns.items()]
    head = "".join(
        f'<th scope="col"{_class(kind)}>{text(title)}</th>' for title, kind in zip(content.columns, kinds, strict=True)
    )
    rows = [
        f'<th scope="row">{text(first)}</th>' + "".join(map(_cell, rest, kinds[1:], _values(content, at)))
        for at, (first, *rest) in enumerate(content.rows)
    ]
    last = rows.pop() if total or content.rest else ""
    foot = f"<tfoot{_class('' if total else 'rest')}><tr>{last}</tr></tfoot>" if last else ""
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    inner = f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>{foot}"
    more = " data-sorts" * bool(content.values) + (f' data-filter="{text(search)}"' if search else "")
    return f'<div class="wide" role="region" aria-label="{text(label)}" tabindex="0"><table{more}>{inner}</table></div>'


def _values(content: TextTable, at: int) -> list[str]:
    """Return what a row is sorted by, column by column after the first; nothing where that is the cell itself."""
    columns = [content.values.get(title, ()) for title in list(content.columns)[1:]]
    return [repr(float(column[at])) if at < len(column) else "" for column in columns]


def _cell(cell: str, kind: str, value: str) -> str:
    sorts = f' data-value="{value}"' if value else ""
    if "share" not in kind or not cell:
        return f"<td{_class(kind)}{sorts}>{text(cell)}</td>"
    length = min(max(float(cell.rstrip("%")), 0.0), 100.0)  # the bar is as long as the figure beside it says
    return f'<td{_class(kind)}{sorts}><i style="--part:{length:g}%"></i><span>{text(cell)}</span></td>'


def _class(kind: str) -> str:
    return f' class="{kind.strip()}"' if kind else ""
