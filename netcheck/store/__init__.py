"""What stays on the device between runs: the last result, the history, the kept answers.

Everything here is optional to a verdict: a home that cannot be written raises StoreUnavailable,
which the caller turns into one sentence.
"""

from netcheck.store.unavailable import StoreUnavailable

__all__ = ["StoreUnavailable"]
