"""Carbon dioxide has a price where the settings state one.

emissions = emissions_price * sum(emissions[l,k,t] * flow[l,k,t])                       (money)
"""

from __future__ import annotations

from netopt.formulation.draft import Draft

__all__ = ["Emissions"]


class Emissions:
    """The price of what transport emits."""

    name = "emissions"

    def build(self, draft: Draft) -> None:
        """Charge emissions."""
        flows, price = draft.network.flows, draft.network.settings.emissions_price
        if price > 0:
            draft.charge("emissions", draft["flow"].at, price * flows.emissions, flows.period)
