"""From findings to a verdict: tables of faults and likelihoods, and the one sum over them.

Pure: no sockets, no clock, no files but the catalogue's own tables. A verdict replays on any
machine from the findings alone.
"""

RULES_VERSION = 6
"""Raised with every change of a table that can change a verdict (a test holds the tables' hash)."""
