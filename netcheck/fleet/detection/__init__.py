"""Outages told from noise: reports counted fairly, each cell against its usual share of failures.

`tally` turns reports into counts in which no device, batch or late report weighs more than it may,
`detector` raises and ends alarms on them, `explaining` says what a set of alarms comes to: who is
down, and who only can't reach somebody. Pure: no clock, no store, no network.
"""
