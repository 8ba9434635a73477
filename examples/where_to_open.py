"""Decide between warehouses in Reno, Memphis and Columbus, and see what growth in the West or a port strike changes.

Prints the answer and writes a page that a manager can read, with every plan beside it. Run it from anywhere:

    python examples/where_to_open.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import netopt
from netopt.report.console import terminal
from netopt.report.studies.study_console import print_study
from netopt.report.studies.study_page import write_study

NETWORK = Path(__file__).resolve().parent.parent / "data" / "us-retail" / "network.csv"

QUESTION = "Should we open a warehouse in Reno, Memphis or Columbus?"

SCENARIOS = {
    # what may happen
    "West +20%": {
        "description": "Customers in the West want a fifth more",
        "edits": ["demand[customer.region=West].quantity*=1.2"],
        "probability": 0.3,
    },
    "port strike": {
        "description": "Nothing comes through the Port of Los Angeles",
        "edits": ["facilities.Port of Los Angeles.status=closed"],
        "probability": 0.1,
    },
    # what may be decided
    "Reno": {"kind": "option", "edits": ["facilities.Reno.status=open"]},
    "Memphis": {"kind": "option", "edits": ["facilities.Memphis.status=open"]},
    "Columbus": {"kind": "option", "edits": ["facilities.Columbus.status=open"]},
}


def main(folder: Path) -> netopt.Study:
    """Solve every option in every case, and write the page.

    Parameters
    ----------
    folder : Path
        Where the page and the plans are written; run again, the script goes on from what is there.
    """
    without = netopt.read(NETWORK).edit("facilities[name=Reno|Memphis|Columbus].status=closed")
    study = netopt.study(without, SCENARIOS, gap=0.0003, out=folder)
    assert study.audit().empty  # every plan, and with it every number, recomputed from the tables
    write_study(study, folder, QUESTION)
    return study


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("where-to-open")
    print_study(main(where), terminal(), where)
