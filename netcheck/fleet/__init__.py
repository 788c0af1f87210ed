"""The receiving side: reports of many devices collected, counted, and an outage told from noise.

An optional extra (`netcheck-agent[fleet]`); the agent never imports it.
"""
