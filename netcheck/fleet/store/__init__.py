"""Where reports are kept: ClickHouse's SQL, embedded (chdb) or a server, by one driver.

`spool` makes safe what was taken, `writer` brings it from there into the tables exactly once,
`engine` opens and migrates them, `queries` counts.
"""
