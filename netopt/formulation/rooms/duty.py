"""Crossing a border costs a share of the value.

duty = sum(duty_rate[l,t] * value[k] * flow[l,k,t])                                     (money)
"""

from __future__ import annotations

from netopt.formulation.draft import Draft

__all__ = ["Duty"]


class Duty:
    """Duty on the value of what moves over a lane."""

    name = "duty"

    def build(self, draft: Draft) -> None:
        """Charge duty."""
        flows, value = draft.network.flows, draft.network.products.value
        if value.any() and flows.duty_rate.any():
            draft.charge("duty", draft["flow"].at, flows.duty_rate * value[flows.product], flows.period)
