"""Which tests this machine can run, and a plain count of those it cannot."""

import os
import sys

import pytest

# Not for netcheck, which says of each such variable that it means nothing.
EVERYTHING_MUST_RUN = bool(os.environ.pop("NETCHECK_MUST_RUN_LAB", ""))


def _missing_for_the_lab() -> str | None:
    if not sys.platform.startswith("linux"):
        return "network namespaces need Linux"
    if os.geteuid() != 0:
        return "network namespaces need root"
    return None


def pytest_collection_modifyitems(config, items):
    missing = _missing_for_the_lab()
    for item in items:
        if missing and item.get_closest_marker("lab"):
            item.add_marker(pytest.mark.skip(reason=missing))


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    terminalreporter.write_line(f"lab scenarios and other tests skipped: {len(skipped)}")


def pytest_sessionfinish(session, exitstatus):
    """Where everything must run, a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if EVERYTHING_MUST_RUN and skipped and exitstatus == 0:
        session.exitstatus = 1
