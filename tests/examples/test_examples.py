"""Every example runs as a reader would run it, and prints what its text promises."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))
PROMISED = {
    "own_constraint": ["free to choose: 3,780; one of Reno and Dallas: 4,230"],
    "own_room": ["with union hours: 3,930, of which overtime 150"],
    "solve_in_ten_lines": ["optimal: 3,780 a year, at most 0.00% above the cheapest", "open: Oakland, Reno, Dallas"],
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs_and_prints_what_it_promises(path, tmp_path):
    done = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    for line in PROMISED[path.stem]:
        assert line in done.stdout
    assert not list(tmp_path.iterdir()), "an example leaves nothing behind"
