"""Simulated devices that report as shipped ones do: for tests of the detection, and for `demo`.

Mechanistic: each device has a carrier, a region, a rhythm and nights; what happens to it decides
what its next look finds, and its rhythm when that is told. It knows nothing of the detection.
"""
