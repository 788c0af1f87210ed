"""The collector: takes reports in, and says so only once they are safe.

`incoming` reads a report, `unpacking` a body, `gateway` what came obliviously; `caps` bounds what
one source may send, `app` is the service over HTTP, `serving` brings it up.
"""
