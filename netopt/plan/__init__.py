"""A plan, its tables, its prices and its audit."""

from netopt.plan.plan import Plan
from netopt.plan.solve import solve

__all__ = ["Plan", "solve"]
