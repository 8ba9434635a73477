"""Where the published instances are on this machine: outside the checkout, and never copied into it."""

from __future__ import annotations

import os
from pathlib import Path

ENVIRONMENT_VARIABLE = "NETOPT_BENCHMARKS"
_BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[3] / "shared" / "benchmarks"


def benchmark_root() -> Path | None:
    """Return the folder that holds one folder per benchmark family, or None where there is none.

    The environment variable ``NETOPT_BENCHMARKS`` wins; without it, ``<checkout>/../shared/benchmarks``.

    Returns
    -------
    Path or None
        None when the folder does not exist: the tests that need it then skip.
    """
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    root = Path(named) if named else _BESIDE_THE_CHECKOUT
    return root if root.is_dir() else None


def family_folder(family: str) -> Path:
    """Return the folder of one family.

    Parameters
    ----------
    family : str
        Name of the folder, such as ``orlib_cap``.

    Returns
    -------
    Path
        The folder, which exists.

    Raises
    ------
    FileNotFoundError
        When the benchmarks, or this family, are not on this machine.
    """
    root = benchmark_root()
    if root is None:
        raise FileNotFoundError(f"no benchmark folder: set {ENVIRONMENT_VARIABLE} to where the families are")
    folder = root / family
    if not folder.is_dir():
        raise FileNotFoundError(f"no family {family!r} in {root}")
    return folder
