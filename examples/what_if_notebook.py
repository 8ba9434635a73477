"""A what-if on sliders: demand in the West, a warehouse in Reno, what air costs.

    pip install 'netopt[notebook]' && marimo edit examples/what_if_notebook.py

It runs as a script as well: the sliders then stand where they begin.
"""

import marimo

app = marimo.App(width="medium", app_title="What if?")


@app.cell
def _():
    from pathlib import Path

    import marimo as mo

    import netopt

    folder = Path(__file__).resolve().parent.parent / "data" / "us-retail"
    network = netopt.read(folder / "network.csv")
    base = netopt.solve(network, gap=0.005)
    money = f"{base.cost:,.0f} {network.settings.currency}"
    mo.md(f"# What if?\n\nThe network as it is costs **{money}**, within {base.gap:.2%} of the cheapest plan.")
    return base, mo, netopt, network


@app.cell
def _(mo):
    growth = mo.ui.slider(-20, 50, step=5, value=20, label="demand in the West, %", show_value=True)
    reno = mo.ui.dropdown(["let the solver choose", "open", "closed"], value="closed", label="Reno")
    air = mo.ui.slider(0, 100, step=10, value=0, label="air dearer by, %", show_value=True)
    mo.vstack([growth, reno, air])
    return air, growth, reno


@app.cell
def _(air, base, growth, netopt, network, reno):
    status = {"let the solver choose": "consider"}.get(reno.value, reno.value)
    changed = network.edit(
        f"demand[customer.region=West].quantity*={1 + growth.value / 100}",
        f"facilities.Reno.status={status}",
        f"rates[mode=air].cost_per_distance*={1 + air.value / 100}",
    )
    plan = netopt.solve(changed, gap=0.005, start=base)
    beside = netopt.compare({"as it is": base, "what if": plan}).compare("as it is", "what if")
    return beside, plan


@app.cell
def _(base, beside, mo, plan):
    words = [f"**{plan.cost:,.0f}**, {plan.cost - base.cost:+,.0f} beside the network as it is."]
    words += [f"Opens {', '.join(beside.opened())}."] if beside.opened() else []
    words += [f"Closes {', '.join(beside.closed())}."] if beside.closed() else []
    mo.md("\n\n".join(words))
    return


@app.cell
def _(beside, mo):
    costs = beside.costs().round(0)
    mo.ui.table(costs[(costs["before"] != 0) | (costs["after"] != 0)], selection=None)
    return


@app.cell
def _(mo, plan):
    mo.ui.plotly(plan.map())
    return


@app.cell
def _(mo, plan):
    mo.hstack([mo.ui.plotly(plan.chart(name)) for name in ("utilization", "service")])
    return


if __name__ == "__main__":
    app.run()
