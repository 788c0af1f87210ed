"""The anonymized report: built field by field from an allow-list, shown before it is sent.

`form` is what a report may hold, `build` fills it from a result, `consent` says who decides,
`timing` when one is due, `sending` and `oblivious` bring it to a collector. Nothing here asks
anybody for anything, and nothing is sent unless somebody switched it on.
"""
