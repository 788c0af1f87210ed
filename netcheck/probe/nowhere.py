"""Addresses that nobody may have: a question sent there bothers nobody and deserves no answer."""

from netcheck.model.observation import Family

NOBODY = {Family.IPV4: "192.0.2.53", Family.IPV6: "2001:db8::53"}
"""Kept for documentation: RFC 5737 (TEST-NET-1) and RFC 3849."""
