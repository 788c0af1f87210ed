"""The status feed: what many devices see of each carrier, signed, so that one device may hear it.

One file a country, of two lines: the keys, signed by a root key that is kept offline, and the
status, signed by one of them. The fleet publishes with the code that the agent reads with.
"""
