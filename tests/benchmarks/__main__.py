"""How quickly a proved plan is found, netopt beside its peers: `python -m tests.benchmarks orlib_cap --out r.jsonl`.

FAMILY is a folder of published instances (NETOPT_BENCHMARKS says where the folders are) or three_echelon, and PATTERN some
of it: `orlib_cap/cap4*`, `holmberg_sscflp/*:single-source`, `cmnd_canad/R/*`, `three_echelon/10k` or, with another seed,
`three_echelon/10k@7`. Each contestant runs on each instance in a fresh process, killed when it overstays. Results are
appended to `--out` as they come; the same command goes on where it was stopped, and runs that failed are tried again.
`--table` renders all that is in `--out`; without FAMILY nothing is run.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from tests.benchmarks.cases import find_cases
from tests.benchmarks.contest import compete
from tests.benchmarks.contestants import CONTESTANTS
from tests.benchmarks.store import Asked, Store
from tests.benchmarks.tables import render

USUAL = "netopt,highs-weak,highs-strong,highs-started"


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    usual = Asked()
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("families", nargs="*", metavar="FAMILY[/PATTERN]")
    parser.add_argument("--contestants", default=USUAL, type=_contestants, help=f"of {', '.join(CONTESTANTS)} (%(default)s)")
    parser.add_argument("--time", type=float, default=usual.time, help="seconds per run, from the hand-over (%(default)g)")
    parser.add_argument("--gap", type=float, default=usual.gap, help="relative gap that is enough (%(default)g)")
    parser.add_argument("--grace", type=float, default=usual.grace, help="seconds until a late run is killed (%(default)g)")
    parser.add_argument("--together", action="store_true", help="a family's instances in one process per contestant")
    parser.add_argument("--files", choices=("csv", "parquet"), default=usual.files, help="what netopt reads (%(default)s)")
    parser.add_argument("--out", type=Path, required=True, help="results, a JSON object a line")
    parser.add_argument("--table", type=Path, help="Markdown")
    asked = parser.parse_args(arguments)
    try:
        cases = [case for wanted in asked.families for case in find_cases(wanted)]
    except (ValueError, FileNotFoundError) as error:
        parser.error(str(error))
    store = Store(asked.out)
    limits = Asked(asked.time, asked.gap, asked.grace, asked.together, asked.files)
    try:
        compete(cases, asked.contestants, limits, store)
    finally:
        if asked.table:
            asked.table.write_text(render(store.records), encoding="utf-8")


def _contestants(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in CONTESTANTS:
            raise argparse.ArgumentTypeError(f"no contestant {name!r}; there are {', '.join(CONTESTANTS)}")
    return names


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl-C: ends the run that goes on, writes the table
    main()
