"""A page has the figures that its plan has something for."""

from __future__ import annotations

import json
from dataclasses import replace

from netopt.plan import Plan
from netopt.report.drawings import Drawings
from netopt.report.figures import FIGURES
from tests.report.pages import Seen


def test_figures_stand_with_what_they_say(plan: Plan) -> None:
    drawings = Drawings(plan)
    seen = Seen(drawings.figure("costs"))
    assert seen.text == "Transport is 44.4% of the cost."
    assert ("div", "aria-label", "Transport is 44.4% of the cost.") in seen.attributes
    assert drawings.figure("stock") == ""
    assert drawings.alone("Stock", "stock") == ""
    found = Seen(drawings.data()).data
    assert list(json.loads(found["figures"])) == ["costs"]
    assert json.loads(found["figures"])["costs"] == json.loads(json.dumps(FIGURES["costs"](plan)))


def test_nothing_to_draw_needs_no_script(plan: Plan) -> None:
    still = replace(plan, tables={**plan.tables, "flows": plan.flows().head(0)})
    drawings = Drawings(still)
    assert drawings.map("What moves where") == ""
    assert drawings.data() == ""


def test_a_site_can_be_chosen_where_several_have_stock(monthly: Plan) -> None:
    assert "select" not in Seen(Drawings(monthly).figure("stock")).tags
    more = monthly.inventory().assign(facility="Reno")
    tables = {**monthly.tables, "inventory": monthly.inventory().merge(more, how="outer")}
    seen = Seen(Drawings(replace(monthly, tables=tables)).figure("stock"))
    assert next(value for tag, name, value in seen.attributes if (tag, name) == ("option", "value")) == "all sites"
    assert {"Dallas", "Reno"} <= set(seen.text.split())
