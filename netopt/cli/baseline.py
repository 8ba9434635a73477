"""``netopt baseline``: what the network costs as it is run today, and where the savings are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich_click import RichCommand

from netopt.cli import options
from netopt.cli.exits import ExitCode, Failure
from netopt.cli.out import complain, piped, say_json

if TYPE_CHECKING:
    from netopt.plan import Plan
    from netopt.study.today.baseline import Baseline

__all__ = ["baseline"]

_ROUNDING = 1e-9


@click.command(cls=RichCommand)
@options.network
@click.argument("actual_flows", type=click.Path(path_type=Path))
@options.changed
@click.option("--stocks", type=click.Path(path_type=Path), help="Table actual_stocks: stock at the end of each period.")
@click.option("--actuals", type=click.Path(path_type=Path), help="Table actuals: what was spent, by bucket and period.")
@click.option("--sites", type=click.Path(path_type=Path), help="Table actual_sites: which sites were open.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder for the page, the tables and the summary.")
@click.option("--value-only", is_flag=True, help="Value what is run today; do not look for better flows and sites.")
@click.option(
    "--years", type=options.FiniteRange(min=0, min_open=True), default=5.0, show_default=True,
    help="How far the appraisal (NPV, payback, IRR) looks.",
)  # fmt: skip
@click.option(
    "--discount-rate", type=options.FiniteRange(min=0), help="Of the appraisal, a year; else settings.discount_rate."
)
@click.option(
    "--gap", type=options.FiniteRange(min=0), default=1e-4, show_default=True,
    help="Each solve stops when its plan is proved to be within this share of the cheapest one.",
)  # fmt: skip
@click.option(
    "--time-limit", type=options.FiniteRange(min=0, min_open=True), help="Stop each solve after so many seconds."
)
@click.option("--threads", type=click.IntRange(min=1), help="With 1, search and HiGHS take turns.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Seed of the solver.")
@options.as_json
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors and what --json asks for.")
@options.debug
@click.pass_context
def baseline(
    ctx: click.Context,
    network: Path,
    actual_flows: Path,
    edits: tuple[str, ...],
    stocks: Path | None,
    actuals: Path | None,
    sites: Path | None,
    out: Path | None,
    value_only: bool,
    years: float,
    discount_rate: float | None,
    gap: float,
    time_limit: float | None,
    threads: int | None,
    seed: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Value NETWORK as it is run today, tie it out, and find what better flows and better sites save.

    ACTUAL_FLOWS is a .csv, .parquet or .xlsx file with the columns of flows.csv and, where it is known, spend
    (`netopt explain actual_flows`); a workbook may have sheets for stocks, actuals and actual_sites, too. The exit code
    is 0 when both searches ended within the gap, 3 when today's sites or the network are proved to have no plan, 4 when
    a limit or Ctrl-C came first; what the model forbids is said, and is no error.
    """
    from netopt.study.today.baseline import baseline as value

    _check_folder(out)
    found = value(
        options.read_changed(network, edits), actual_flows, stocks=stocks, actuals=actuals, sites=sites,
        optimise=not value_only, gap=gap, time_limit=time_limit, threads=threads, seed=seed, years=years,
        discount_rate=discount_rate, heard=None if quiet or as_json else _say,
    )  # fmt: skip
    _refuse_unsound(found)
    if out is not None:
        _write(found, out)
    if as_json:
        from netopt.report.studies.baseline_page import as_json as told

        say_json(told(found))
    elif not quiet:
        _print(found, out)
    code = _code(found, gap)
    if code is ExitCode.STOPPED and (as_json or quiet):
        complain("netopt: stopped before the asked gap; what is saved at most is said beside what is saved")
    ctx.exit(code)


def _check_folder(out: Path | None) -> None:
    """Refuse a folder with something else in it, before anything is solved."""
    from netopt.report.files import replaceable
    from netopt.report.studies.baseline_page import FILES

    if out is None:
        return
    if out.exists() and not out.is_dir():
        raise Failure(ExitCode.INPUT, f"{out} is a file; name a folder with --out")
    if not replaceable(out, FILES):
        raise Failure(ExitCode.INPUT, f"{out} holds something else than a baseline; name another folder with --out")


def _say(column: str, plan: Plan) -> None:
    """Say on standard error how far it is: a search may take its time."""
    if column != "as_run":
        complain(f"netopt: {column.replace('_', ' ')}: {f'{plan.cost:,.0f}' if plan.found else plan.status}")


def _refuse_unsound(found: Baseline) -> None:
    """Stop before plans that fail their audit are written or printed; what is run today need not keep any rule."""
    wrong = [
        str(words) for name in found.found if name != "as_run" for words in found.plans[name].audit().breaches["words"]
    ]
    if wrong:
        words = "a plan does not pass its audit, so the baseline is not given out; this is a bug in netopt"
        raise Failure(ExitCode.BUG, words, wrong)


def _write(found: Baseline, out: Path) -> None:
    from netopt.report.studies.baseline_page import write_baseline

    try:
        write_baseline(found, out)
    except FileExistsError as error:
        raise Failure(ExitCode.INPUT, str(error)) from error
    except OSError as error:
        raise Failure(ExitCode.INPUT, f"{out} cannot be written: {error.strerror or error}") from error


def _print(found: Baseline, out: Path | None) -> None:
    from netopt.report.console import terminal
    from netopt.report.studies.baseline_console import print_baseline

    console = terminal()
    piped(lambda: print_baseline(found, console, out))


def _code(found: Baseline, gap: float) -> ExitCode:
    """Return the worst of the searches: proved to have no plan, stopped early, or all within the gap."""
    plans = [plan for name, plan in found.plans.items() if name != "as_run"]
    if any(plan.status in ("infeasible", "unbounded") for plan in plans):
        return ExitCode.IMPOSSIBLE
    done = all(plan.found and (plan.status == "optimal" or plan.gap <= gap + _ROUNDING) for plan in plans)
    return ExitCode.GOOD if done else ExitCode.STOPPED
