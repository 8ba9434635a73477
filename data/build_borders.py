"""Build `netopt/report/assets/borders.json`: coasts, countries and states of the USA, small enough for every page.

Sources are two npm packages by Mike Bostock (ISC): `world-atlas` 2.0.2, which is Natural Earth (public domain), and
`us-atlas` 3.0.1, which is the Census Bureau's cartographic boundary file (public domain). Run

    npm pack world-atlas@2.0.2 us-atlas@3.0.1
    python data/build_borders.py world-atlas-2.0.2.tgz us-atlas-3.0.1.tgz

Three sheets come out: `world` for maps of a hemisphere or more, `fine` for the rest, without the USA, and `usa`, whose
lakes and state lines are better in a file of its own. A sheet has `arcs` (lines that two neighbours share are there
once; whole numbers, the first point and then steps, of which `per_degree` make one), `rings` (land, as arcs one after
the other; `~at` is an arc backwards) and `lines` (arcs that are drawn, `coast`, `border` or `state`).
"""

from __future__ import annotations

import argparse
import json
import tarfile
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Topology = dict[str, Any]

PER_DEGREE = 100
"""A hundredth of a degree is a kilometre: less than a pixel down to maps of a single state."""

USA = "840"
ABOUT = (
    "Natural Earth (public domain) by world-atlas 2.0.2, and the US Census Bureau (public domain) by us-atlas 3.0.1; "
    "both packages: Copyright 2013-2019 Michael Bostock, ISC licence. Made by data/build_borders.py."
)
TARGET = Path(__file__).parents[1] / "netopt" / "report" / "assets" / "borders.json"


def main() -> None:
    """Write the file from the two tarballs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("world", type=Path, help="world-atlas-2.0.2.tgz")
    parser.add_argument("usa", type=Path, help="us-atlas-3.0.1.tgz")
    given = parser.parse_args()
    sheets = {
        "world": sheet(member(given.world, "countries-110m.json"), "countries", tolerance=0.1, least=0.5),
        "fine": sheet(member(given.world, "countries-50m.json"), "countries", tolerance=0.025, least=0.01, without=USA),
        "usa": sheet(member(given.usa, "states-10m.json"), "states", tolerance=0.008, least=0.002),
    }
    content = {"about": ABOUT, "per_degree": PER_DEGREE, "sheets": sheets}
    TARGET.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")


def member(tarball: Path, name: str) -> Topology:
    """Return a TopoJSON file out of an npm tarball."""
    with tarfile.open(tarball) as packed:
        file = packed.extractfile(f"package/{name}")
        assert file is not None
        found: Topology = json.load(file)
    return found


def sheet(topology: Topology, name: str, *, tolerance: float, least: float, without: str = "") -> dict[str, Any]:
    """Return the arcs, rings and lines of one object of a topology.

    Parameters
    ----------
    topology : dict
        TopoJSON.
    name : str
        Object.
    tolerance : float
        How far a simplified line may be from what it was, degrees.
    least : float
        Smallest land that is kept, square degrees.
    without : str
        Id of a country that is left out.
    """
    arcs = absolute(topology)
    shapes = [list(rings(shape)) for shape in topology["objects"][name]["geometries"] if shape.get("id") != without]
    kept = [[ring for ring in shape if abs(area(outline(arcs, ring))) >= least] for shape in shapes]
    users = Counter(at if at >= 0 else ~at for shape in kept for ring in shape for at in ring)
    abroad = neighbours(topology, name, without)
    inner = "state" if name == "states" else "border"
    place = {old: new for new, old in enumerate(sorted(users))}
    return {
        "arcs": [steps(simplified(arcs[old], tolerance)) for old in place],
        "rings": [[place[at] if at >= 0 else ~place[~at] for at in ring] for shape in kept for ring in shape],
        "lines": {
            inner: [place[old] for old, count in users.items() if count > 1],
            "coast": [place[old] for old, count in users.items() if count == 1 and old not in abroad],
        },
    }


def neighbours(topology: Topology, name: str, country: str) -> Collection[int]:
    """Return the arcs of the country that is left out: its own sheet draws them."""
    left_out = [shape for shape in topology["objects"][name]["geometries"] if shape.get("id") == country]
    return {at if at >= 0 else ~at for shape in left_out for ring in rings(shape) for at in ring}


def rings(shape: dict[str, Any]) -> Iterator[list[int]]:
    """Yield the rings of a polygon or of several, holes too."""
    polygons: list[list[list[int]]] = [shape["arcs"]] if shape["type"] == "Polygon" else shape.get("arcs", [])
    for polygon in polygons:
        yield from polygon


def absolute(topology: Topology) -> list[FloatArray]:
    """Return the arcs in degrees, each of shape (points, 2)."""
    scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    return [np.cumsum(np.array(arc, dtype=np.float64), axis=0) * scale + shift for arc in topology["arcs"]]


def outline(arcs: list[FloatArray], ring: list[int]) -> FloatArray:
    """Return the points of a ring."""
    return np.concatenate([arcs[at] if at >= 0 else arcs[~at][::-1] for at in ring])


def area(ring: FloatArray) -> float:
    """Return the area of a ring in square degrees at its latitude, by the shoelace formula."""
    x, y = ring.T
    flat = np.cos(np.radians(y.mean()))
    return float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) / 2 * flat)


def simplified(arc: FloatArray, tolerance: float) -> FloatArray:
    """Return an arc with fewer points (Douglas and Peucker 1973); its ends stay, so that neighbours still meet."""
    keep = np.zeros(len(arc), dtype=bool)
    keep[[0, -1]] = True
    flat = arc * [np.cos(np.radians(arc[:, 1].mean())), 1.0]
    spans = [(0, len(arc) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        inside, start, along = flat[first + 1 : last], flat[first], flat[last] - flat[first]
        length = float(np.hypot(*along))
        away = inside - start
        # a ring of one arc ends where it begins: then the distance to that point counts
        off = np.abs(away @ [along[1], -along[0]]) / length if length else np.hypot(*away.T)
        if off.max() > tolerance:
            middle = first + 1 + int(off.argmax())
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return arc[keep]


def steps(arc: FloatArray) -> list[int]:
    """Return an arc as whole numbers: the first point, then steps; points that fall on the last one are left out."""
    whole = np.round(arc * PER_DEGREE).astype(np.int64)
    moved = np.append(True, (np.diff(whole, axis=0) != 0).any(axis=1))
    whole = whole[moved]
    found: list[int] = np.concatenate([whole[:1], np.diff(whole, axis=0)]).ravel().tolist()
    return found


if __name__ == "__main__":
    main()
