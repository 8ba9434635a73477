"""The contestants of the build benchmark build the same program, and the benchmark measures each apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks import build, raw
from tests.benchmarks.converters.three_echelon import Arrays, arrays
from tests.benchmarks.locate import benchmark_root

pytestmark = pytest.mark.skipif(
    benchmark_root() is None, reason="no published instances here: set NETOPT_BENCHMARKS to their folder"
)


@pytest.fixture(scope="module")
def net() -> Arrays:
    """Return the smallest network."""
    return arrays("1k")


def _relaxed(highs: object) -> float:
    highs.setOptionValue("output_flag", False)  # type: ignore[attr-defined]
    highs.setOptionValue("solve_relaxation", True)  # type: ignore[attr-defined]
    highs.run()  # type: ignore[attr-defined]
    return float(highs.getInfo().objective_function_value)  # type: ignore[attr-defined]


def test_matrix_is_the_equations(net: Arrays) -> None:
    """Against a dense matrix written down row by row from the module's equations."""
    program = raw.matrix(net)
    suppliers, sites = int(net.counts[0]), int(net.counts[1] + net.counts[2])
    places, lanes = len(net.capacity), len(net.cost)
    dense = np.zeros((places + sites, lanes + sites))
    for lane, (tail, head) in enumerate(zip(net.tail, net.head, strict=True)):
        dense[tail, lane] += 1 if tail < suppliers else -1
        dense[head, lane] += 1
        if head < suppliers + sites:
            dense[places + head - suppliers, lane] += 1
    for site in range(sites):
        dense[places + site, lanes + site] = -net.capacity[suppliers + site]
    built = np.zeros_like(dense)
    columns = np.repeat(np.arange(lanes + sites), np.diff(program.start))
    np.add.at(built, (program.row, columns), program.value)
    assert (built == dense).all()


def test_hand_overs_agree(net: Arrays) -> None:
    """HighsLp, arrays and linopy give HiGHS a model of the same size, relaxation and whole columns."""
    pytest.importorskip("linopy")
    program = raw.matrix(net)
    models = [raw.pass_model(program), raw.pass_arrays(program), raw.linopy_to_highs(raw.linopy_model(net))]
    sizes = {(h.getNumCol(), h.getNumRow(), h.getNumNz()) for h in models}
    assert len(sizes) == 1
    whole = [sum(kind != kinds[0] for kind in kinds) for kinds in (h.getLp().integrality_ for h in models)]
    assert whole == [len(program.whole)] * 3
    values = [_relaxed(h) for h in models]
    assert values == pytest.approx([values[0]] * 3, rel=1e-9)


def test_reading_csv_gives_the_same_arrays(net: Arrays, tmp_path: Path) -> None:
    """The folder of CSVs and the file of arrays hold the same network."""
    build.prepare("1k", 0, tmp_path)
    for other in (build.load_arrays(tmp_path), build.read_arrays(tmp_path)):
        for name in Arrays._fields:
            np.testing.assert_array_equal(getattr(other, name), getattr(net, name), err_msg=name)


def test_table_says_what_was_measured_and_what_was_not(tmp_path: Path) -> None:
    """A contestant runs in its own process; one that fails is a line with the reason."""
    build.prepare("1k", 0, tmp_path)
    found = build.measure_apart("raw", "1k", tmp_path, timeout=120)
    assert isinstance(found, build.Measurement), found
    assert [name for name, _, _ in found.stages] == ["load", "matrix", "HiGHS"]
    assert found.lanes == 1020
    assert 0 < found.build < 60
    assert found.imported <= found.peak
    text = build.table([found, ("netopt", "1k", "not yet")])
    assert "| raw | 1k | 1,020 |" in text
    assert "| netopt | 1k | | not yet |" in text
