"""Who fails where, from files alone: reports, results and bundles in folders or in a stream.

`sources` finds and opens files, `documents` parts them, `reading` reads what a document says,
`counting` counts devices, and `summarize` joins them. Memory is bounded by the number of devices,
never by that of reports; nothing that is found can end the count.
"""

from netcheck.fleet.summary.summarizing import summarize

__all__ = ["summarize"]
