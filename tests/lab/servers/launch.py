"""Starts one command and says how long it took and the most memory it held.

usage: launch.py REPORT_FILE COMMAND...
A process keeps the peak of what it was before it became a program, so a command is only weighed
rightly as the child of something small. The report: {"exit_code", "wall_s", "peak_rss_kib"}.
"""

import os
import sys
import time


def main() -> None:
    """Run the command to its end and write the report."""
    report, *command = sys.argv[1:]
    start_s = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            os.execvp(command[0], command)
        finally:
            os._exit(127)
    _, status, usage = os.wait4(child, 0)
    wall_s = time.perf_counter() - start_s
    code = os.waitstatus_to_exitcode(status)
    with open(report, "w") as out:
        out.write(f'{{"exit_code": {code}, "wall_s": {wall_s}, "peak_rss_kib": {usage.ru_maxrss}}}')


main()
