"""``netopt hedge``: sites decided once, for all that may happen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource
from rich_click import RichCommand

import netopt
from netopt.cli import options
from netopt.cli.exits import ExitCode
from netopt.cli.out import complain, piped, say_json
from netopt.cli.studies import check_study_folder, kept_in, say_outcome, solving, written

if TYPE_CHECKING:
    from netopt.network import Network
    from netopt.study.uncertainty.hedged import Hedge

__all__ = ["hedge"]


@click.command(cls=RichCommand)
@options.network
@click.argument("cases", type=click.Path(path_type=Path), required=False)
@options.changed
@click.option("--sample", type=click.IntRange(min=1), help="Sample so many equally likely cases of demand instead.")
@click.option(
    "--demand-cv", type=options.FiniteRange(min=0, min_open=True), default=0.2, show_default=True,
    help="Standard deviation of sampled demand, relative to its mean.",
)  # fmt: skip
@click.option(
    "--correlation", type=options.FiniteRange(min=0, max=1), default=0.5, show_default=True,
    help="Correlation of sampled demand between any two customers.",
)  # fmt: skip
@click.option(
    "--correlation-distance", type=options.FiniteRange(min=0, min_open=True),
    help="Let the correlation (of the logarithms of demand) fall with distance, to 1/e of it over this one.",
)  # fmt: skip
@click.option(
    "--sample-by", type=click.Choice(["customer", "region"]), default="customer", show_default=True,
    help="What varies as one.",
)  # fmt: skip
@click.option(
    "--unmet-cost", type=options.FiniteRange(min=0, min_open=True),
    help="Let demand that must be met go unmet at this price a unit.",
)  # fmt: skip
@click.option(
    "--min-max",
    is_flag=True,
    help="Also find the sites with the smallest largest regret; one program, whatever its size.",
)
@click.option(
    "--sets", type=click.IntRange(min=0), default=5, show_default=True,
    help="Try so many of the sites that single cases ask for in every case.",
)  # fmt: skip
@click.option(
    "--method", type=click.Choice(["extensive", "benders"]),
    help="All cases as one program, or decomposed; by size without it.",
)  # fmt: skip
@click.option("--title", default="", help="The question that is answered, for the page.")
@solving
@click.pass_context
def hedge(
    ctx: click.Context,
    /,
    network: Path,
    cases: Path | None,
    edits: tuple[str, ...],
    sample: int | None,
    demand_cv: float,
    correlation: float,
    correlation_distance: float | None,
    sample_by: str,
    out: Path,
    title: str,
    as_json: bool,
    quiet: bool,
    seed: int,
    **asked: Any,
) -> None:
    """Decide once which sites of NETWORK to open, for all CASES that may come true.

    CASES is a table of scenarios, each with a probability; the base has the rest (`netopt explain scenarios`). Or
    demand is sampled: --sample 20 --demand-cv 0.2 --correlation 0.5 --seed 7. What was used is in cases.csv, to be
    typed over and given back. For each set of sites: cost in every case, regret, and the chance that a promise is
    broken; and what it is worth to plan with the cases, and to know the future. The exit code is 0 when the sites are
    within the gap, 3 when it is proved that none serve every case, 4 when a limit or Ctrl-C came first.
    """
    from netopt.report.console import terminal
    from netopt.report.studies.hedge_page import hedge_json, print_hedge, write_hedge

    if (cases is None) == (sample is None):
        raise click.UsageError("name a table of CASES, or have demand sampled with --sample")
    if cases is not None:
        _refuse_sampling(ctx)
    check_study_folder(out)
    found = options.read_changed(network, edits)
    stated = cases or _sampled(found, sample or 1, demand_cv, correlation, correlation_distance, sample_by, seed)
    silent = quiet or as_json
    with kept_in(out):
        solved = netopt.hedge(
            found, stated, seed=seed, out=out, heard=None if silent else say_outcome,
            told=None if silent else _tell, **asked,
        )  # fmt: skip
    written(solved.study, lambda: write_hedge(solved, out, title), out)
    if as_json:
        say_json(hedge_json(solved))
    elif not quiet:
        console = terminal()
        piped(lambda: print_hedge(solved, console, out))
    ctx.exit(_code(solved))


def _refuse_sampling(ctx: click.Context) -> None:
    """Refuse options of sampling that were typed beside a table of cases, where they would mean nothing."""
    for name in ("demand_cv", "correlation", "correlation_distance", "sample_by"):
        if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"--{name.replace('_', '-')} goes with --sample, not with a table of CASES")


def _sampled(
    network: Network, number: int, cv: float, correlation: float, distance: float | None, by: str, seed: int
) -> Any:
    return netopt.sample_demand(network, number, cv=cv, correlation=correlation, distance=distance, by=by, seed=seed)


def _tell(words: str) -> None:
    complain(f"netopt: {words}")


def _code(solved: Hedge) -> ExitCode:
    """Return 3 where no sites serve every case, 4 where sites, or plans with them, are not within the gap."""
    if solved.status == "infeasible":
        return ExitCode.IMPOSSIBLE
    if solved.status != "optimal":
        return ExitCode.STOPPED
    sites = [solved.outcome(each, case) for each in solved.sets for case in solved.likely]
    plans = [*sites, *(solved.study[case.name] for case in solved.likely)]
    done = all(each.summary["status"] in ("optimal", "infeasible", "unbounded") for each in plans)
    return ExitCode.GOOD if done else ExitCode.STOPPED
