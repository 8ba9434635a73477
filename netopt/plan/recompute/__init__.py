"""The proved bound recomputed in exact arithmetic, by code that shares nothing with the solver."""

from netopt.plan.recompute.bound import recomputed_bound

__all__ = ["recomputed_bound"]
