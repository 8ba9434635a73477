"""The proved bound in the files of a plan: what is written, how it reads, and that no number of it can be altered."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netopt
from netopt.formulation import ROOMS, Program, build
from netopt.network import Network
from netopt.plan.certificate import stated
from netopt.plan.folder import write_plan
from netopt.plan.recompute import recomputed_bound
from netopt.plan.verify import verify
from netopt.report.headline import certainty
from netopt.solve.bound import Certificate, Cut, Duals
from tests.plan.certificates import certified, leaf, said, tree
from tests.plan.rich import forge, rich, rich_plan

Stated = dict[str, Any]


@pytest.fixture(scope="module")
def network() -> Network:
    return netopt.read(rich())


@pytest.fixture(scope="module")
def program(network: Network) -> Program:
    return build(network)


@pytest.fixture(scope="module")
def certificate(program: Program) -> Certificate:
    return certified(program, tree(program, random.Random(4), 5))


@pytest.fixture(scope="module")
def plan(certificate: Certificate) -> netopt.Plan:
    return replace(rich_plan(), certificate=certificate)


@pytest.fixture(scope="module")
def saved(plan: netopt.Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plan(plan, tmp_path_factory.mktemp("saved") / "plan")


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "plan"))


def proof_of(folder: Path) -> Stated:
    return json.loads((folder / "proof.json").read_text(encoding="utf-8"))


def forged(folder: Path, certificate: object = "as it is", proved: object = "as it is", **summary: Any) -> None:
    """Write other figures into both files, with a seal to match."""
    for name in ("summary.json", "proof.json"):
        content = json.loads((folder / name).read_text(encoding="utf-8"))
        if proved != "as it is":
            content["proved_bound"] = proved
        if certificate != "as it is" and name == "proof.json":
            content["certificate"] = certificate
        if name == "summary.json":
            content |= summary
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    forge(folder)


# ----------------------------------------------------------------------------------------------------------------- stated


def test_only_what_is_used_is_stated() -> None:
    cuts = tuple(Cut(n, np.array([n, n + 1])) for n in range(3))
    none = np.zeros(0, dtype=np.int64)
    duals = (
        Duals(np.array([0.0, 1.5, 0.0]), np.array([0.0]), none, np.zeros(0)),
        Duals(np.array([1.0, 0.0, 0.0]), np.array([0.0, -1.0, 0.0]), none, np.zeros(0)),  # of no leaf
        Duals(np.array([0.0, 0.0, -2.0]), np.array([0.0, 0.0, -0.25]), np.array([7, 9, 8]), np.array([0.5, 0.0, 1.0])),
    )
    leaves = (leaf([4], [0], [0], 2), leaf([4], [1], [np.inf], 0), leaf([4, 5], [2.5, 0], [3, 1], 2))
    assert stated(Certificate(12.5, cuts, duals, leaves)) == {
        "bound": 12.5,
        "cuts": [{"opener": 2, "rows": [2, 3]}],
        "duals": [
            {"row": [[1], [1.5]], "cut": [[], []], "gate": [[], []]},
            {"row": [[2], [-2.0]], "cut": [[0], [-0.25]], "gate": [[7, 8], [0.5, 1.0]]},
        ],
        "leaves": [
            {"columns": [4], "lower": [0], "upper": [0], "duals": 1},
            {"columns": [4], "lower": [1], "upper": [None], "duals": 0},
            {"columns": [4, 5], "lower": [2.5, 0], "upper": [3, 1], "duals": 1},
        ],
    }


def test_nothing_is_lost_on_the_way_to_the_file(certificate: Certificate, folder: Path) -> None:
    assert proof_of(folder)["certificate"] == stated(certificate)


def test_the_proof_reads_well(folder: Path) -> None:
    text = (folder / "proof.json").read_text(encoding="utf-8")
    lines = text.splitlines()
    assert lines[1].startswith('  "cost": ')
    assert [line for line in lines[:20] if line.startswith('  "proved_bound": ')]
    assert lines.index('  "certificate": {') > next(n for n, line in enumerate(lines) if line.startswith('  "files": {'))
    rows = proof_of(folder)["certificate"]["duals"][0]["row"][0]
    assert len(rows) > 5
    assert [line for line in lines if line.strip() == f"{json.dumps(rows)},"]
    assert len(lines) < 150
    summary = (folder / "summary.json").read_text(encoding="utf-8")
    assert summary == json.dumps(json.loads(summary), indent=2, ensure_ascii=False) + "\n"


# ------------------------------------------------------------------------------------------------------------------- plans


def test_the_proved_bound_of_a_plan(plan: netopt.Plan, certificate: Certificate) -> None:
    assert plan.proved_bound == certificate.bound < plan.cost
    assert plan.summary()["proved_bound"] == certificate.bound
    assert any("Proved without trusting the solver" in line for line in certainty(plan.summary()))
    assert replace(plan, certificate=replace(certificate, bound=1e9)).proved_bound == plan.cost


@pytest.mark.parametrize("bound", [-np.inf, np.nan, np.inf])
def test_a_bound_that_is_none(plan: netopt.Plan, certificate: Certificate, network: Network, tmp_path: Path, bound: float) -> None:
    without = replace(plan, certificate=replace(certificate, bound=bound))
    assert without.summary()["proved_bound"] is None
    folder = without.save(tmp_path / "plan")
    assert proof_of(folder)["certificate"] is None
    assert verify(folder, network) == []
    assert not any("Proved" in line for line in certainty(without.summary()))


def test_a_plan_without_a_certificate(network: Network, tmp_path: Path) -> None:
    plan = replace(rich_plan(), certificate=None)
    folder = plan.save(tmp_path / "plan")
    assert (proof_of(folder)["certificate"], proof_of(folder)["proved_bound"]) == (None, None)
    assert verify(folder, network) == []


def test_no_plan_has_no_proved_bound(certificate: Certificate, plan: netopt.Plan, tmp_path: Path) -> None:
    none = replace(plan, tables={}, status="interrupted", certificate=certificate)
    assert none.summary()["proved_bound"] is None
    assert proof_of(none.save(tmp_path / "plan"))["certificate"] is None


def test_rules_of_a_script_are_not_what_verify_can_build(monkeypatch: pytest.MonkeyPatch, certificate: Certificate) -> None:
    import sys

    module = sys.modules["netopt.plan.solve"]
    solved = module.solve_program
    monkeypatch.setattr(module, "solve_program", lambda *a: replace(solved(*a), certificate=certificate))
    assert netopt.solve(rich()).certificate is certificate
    assert netopt.solve(rich(), rooms=ROOMS).certificate is certificate
    assert netopt.solve(rich(), rooms=[room for room in ROOMS if room.name != "duty"]).certificate is None
    assert netopt.solve(rich(), amend=lambda model: None).certificate is None


# ------------------------------------------------------------------------------------------------------------------ verify


def test_a_good_certificate(folder: Path, network: Network) -> None:
    assert verify(folder, network) == []


def test_the_bound_is_the_exact_one_less_what_rounding_may_have_done(certificate: Certificate, program: Program) -> None:
    exact = recomputed_bound(program, said(certificate))
    assert exact >= Fraction(certificate.bound)
    assert float(exact) == pytest.approx(certificate.bound, rel=1e-12)


def test_one_altered_digit(folder: Path, network: Network) -> None:
    path = folder / "proof.json"
    text = path.read_text(encoding="utf-8")
    begin = text.index('"certificate"')
    digits = [place for place in range(begin, text.index('"sha256"', begin)) if text[place].isdigit()]
    for at in random.Random(3).sample(digits, 8):
        path.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :], encoding="utf-8")
        assert "proof.json was altered since the plan was written" in verify(folder, network)


@pytest.mark.parametrize("more", [1e-9, 1e-3, 1.0])
def test_a_bound_that_is_too_high(folder: Path, network: Network, more: float) -> None:
    certificate = proof_of(folder)["certificate"]
    bound = certificate["bound"] * (1 + more)
    forged(folder, certificate | {"bound": bound}, bound)
    assert [line for line in verify(folder, network) if "recomputed it is" in line]


def test_a_bound_in_one_place_only(folder: Path, network: Network) -> None:
    certificate = proof_of(folder)["certificate"]
    forged(folder, proved=certificate["bound"] * 1.0001)
    assert [line for line in verify(folder, network) if line.startswith("proof.json, proved_bound is")]
    forged(folder, certificate | {"bound": certificate["bound"] * 1.0001}, certificate["bound"])
    assert [line for line in verify(folder, network) if "proved_bound is" in line]


def test_a_bound_above_the_cost(folder: Path, network: Network) -> None:
    cost = proof_of(folder)["cost"]
    forged(folder, proof_of(folder)["certificate"] | {"bound": cost * 1.01}, cost * 1.01)
    assert [line for line in verify(folder, network) if "is above the cost" in line]


@pytest.mark.parametrize("part", ["bound", "cuts", "duals", "leaves"])
def test_a_part_that_is_gone(folder: Path, network: Network, part: str) -> None:
    certificate = proof_of(folder)["certificate"]
    del certificate[part]
    forged(folder, certificate)
    problems = verify(folder, network)
    assert problems
    assert not [line for line in problems if "altered since" in line]


def test_a_leaf_that_is_gone(folder: Path, network: Network) -> None:
    certificate = proof_of(folder)["certificate"]
    for n in range(len(certificate["leaves"])):
        forged(folder, certificate | {"leaves": certificate["leaves"][:n] + certificate["leaves"][n + 1 :]})
        assert [line for line in verify(folder, network) if "no leaf holds" in line]


@pytest.mark.parametrize("what", ["row", "gate"])
def test_duals_that_are_forged(folder: Path, network: Network, what: str) -> None:
    """Of the leaf that the bound hangs on, none may be dropped or doubled: the bound is no longer what they give."""
    whole = proof_of(folder)["certificate"]
    caught = 0
    for dual in whole["duals"]:
        dual[what] = [dual[what][0], [value / 2 for value in dual[what][1]]]
        caught += len(dual[what][0])
    forged(folder, whole)
    assert not caught or [line for line in verify(folder, network) if "certificate" in line]
    assert caught or what == "gate"


@pytest.mark.parametrize(
    ("other", "proved", "words"),
    [
        (None, 5.0, "proved_bound without a certificate"),
        ("as it is", None, "certificate without a proved_bound"),
        ([], 5.0, "is not a number"),
        ({"bound": "5"}, 5.0, "is not a number"),
        ({"bound": 5.0}, True, "is not a number"),
        ({"bound": 10**400}, 5.0, "is not a number"),
        ({"bound": 5.0}, 5.0, "cuts is not a list"),
    ],
)
def test_malformed(folder: Path, network: Network, other: object, proved: object, words: str) -> None:
    forged(folder, other, proved)
    assert [line for line in verify(folder, network) if words in line]


@pytest.mark.parametrize("number", ["NaN", "-Infinity"])
def test_what_is_no_number_in_json(folder: Path, network: Network, number: str) -> None:
    path = folder / "proof.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"bound": ', f'"bound": {number}, "other": '), encoding="utf-8")
    with pytest.raises(netopt.PlanError, match=f"cannot be read: {number}"):
        verify(folder, network)


def test_a_certificate_beside_rules_of_a_script(folder: Path, network: Network) -> None:
    forged(folder, amended=True)
    assert [line for line in verify(folder, network) if "the constraints of a script" in line]


def test_a_certificate_of_another_network(folder: Path, network: Network) -> None:
    tables = rich()
    tables["lanes"]["unit_cost"] *= 0.9
    problems = verify(folder, netopt.read(tables))
    assert [line for line in problems if "recomputed it is" in line]
    tables["lanes"] = tables["lanes"].iloc[:-1]
    assert [line for line in verify(folder, netopt.read(tables)) if line.startswith("proof.json, certificate: ")]
