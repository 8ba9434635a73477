"""Figures of studies: plans side by side. Plain data like those of a plan, see `netopt.report.figures`."""
