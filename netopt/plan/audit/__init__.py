"""The audit: a plan checked and its cost recomputed from the raw tables, without solver or formulation."""

from netopt.plan.audit.report import AuditReport, audit

__all__ = ["AuditReport", "audit"]
