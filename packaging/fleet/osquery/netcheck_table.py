#!/usr/bin/env python3
"""The last run as a table of osquery's: run it from cron or a service, as root.

usage: netcheck_table.py DATABASE    (/var/lib/netcheck/osquery.db in netcheck_atc.json)
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile


def main(database: str) -> int:
    """Write the table beside and rename it, so that osquery never reads half of it."""
    said = subprocess.run(
        ["netcheck", "show", "--format", "osquery"], stdout=subprocess.PIPE, check=True, timeout=60
    )
    rows = json.loads(said.stdout)
    columns = list(rows[0])
    handle, beside = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(database)))
    os.close(handle)
    try:
        file = sqlite3.connect(beside)
        definition = ", ".join(f"{one} TEXT" for one in columns)
        file.execute(f"CREATE TABLE netcheck ({definition})")
        places = ", ".join("?" for _ in columns)
        file.executemany(
            f"INSERT INTO netcheck VALUES ({places})", [list(row.values()) for row in rows]
        )
        file.commit()
        file.close()
        os.chmod(beside, 0o600)
        os.replace(beside, database)
    except BaseException:
        os.unlink(beside)
        raise
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: netcheck_table.py DATABASE")
    sys.exit(main(sys.argv[1]))
