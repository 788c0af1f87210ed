"""Readers of a phone or a modem: what it says of its network, its SIM and its switches."""
