"""Traces whose coordinates and words stand elsewhere: every place and every lane is written once, however often drawn.

`page.js` fills them in the same way in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["filled"]

Trace = dict[str, Any]


def filled(trace: Mapping[str, Any], lanes: Mapping[str, Sequence[Any]], places: Mapping[str, Sequence[Any]]) -> Trace:
    """Return a trace with the coordinates and words that its ``at`` stands for.

    Parameters
    ----------
    trace : mapping
        ``at`` holds positions: of lanes where its layer is ``lanes``, else of places, with ``words`` of their own.
    lanes : mapping
        ``from`` and ``to`` (positions of places) and ``words`` of lanes; a trace says in its ``meta`` how far they
        ``bend`` to their right, beside their length.
    places : mapping
        ``name``, ``x`` and ``y`` of places.
    """
    done = {key: value for key, value in trace.items() if key not in ("at", "words")}
    if "at" not in trace:
        return done
    name, x, y, at = places["name"], places["x"], places["y"], trace["at"]
    if trace["meta"]["layer"] != "lanes":
        done |= {"x": [x[i] for i in at], "y": [y[i] for i in at]}
        if "words" in trace:
            done["customdata"] = [[name[i], *words] for i, words in zip(at, trace["words"], strict=True)]
        return done
    ends = [(lanes["from"][i], lanes["to"][i]) for i in at]
    bend = trace["meta"]["bend"]
    across = [(x[a] + x[b]) / 2 + bend * (y[b] - y[a]) for a, b in ends]
    up = [(y[a] + y[b]) / 2 - bend * (x[b] - x[a]) for a, b in ends]
    if trace["meta"].get("pointed"):
        words = [[name[a], name[b], *lanes["words"][i]] for (a, b), i in zip(ends, at, strict=True)]
        return done | {"x": across, "y": up, "customdata": words}
    done["x"] = [value for (a, b), middle in zip(ends, across, strict=True) for value in (x[a], middle, x[b], None)]
    done["y"] = [value for (a, b), middle in zip(ends, up, strict=True) for value in (y[a], middle, y[b], None)]
    return done
