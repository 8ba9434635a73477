"""A page on one's own machine: tables to edit, sites to switch, a search to watch, plans to keep and compare.

A thin skin over `netopt`: nothing is computed here. NiceGUI, an extra, is imported only by the modules that draw.
"""
