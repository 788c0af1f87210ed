"""A result as the text that was asked for: what `run`, `show` and `replay` print."""

import sys
from typing import TYPE_CHECKING

from netcheck.cli.door import in_colour, speaks_unicode, width_of
from netcheck.cli.options import Option

if TYPE_CHECKING:
    from netcheck.model.result import Result
    from netcheck.render.sheet import Sheet
    from netcheck.text import Words

TOOLS = ("intune", "intune-compliance", "sccm", "jamf", "kandji", "ansible-fact", "osquery")
"""Tools that look after many devices: `render.management`."""

FORMATS = ("text", "json", "nagios", "prometheus", "ticket", *TOOLS)
FORMAT = Option("format", "FORMAT", FORMATS)
FAIL_ON = Option("fail-on", "SEVERITY", ("down", "degraded"))
HINTS = ("why",)  # verbs that exist
HINTS_OF_TROUBLE = ("bundle", "report")  # after a run of this device that is not ok


def told(result: "Result", format: str, words: "Words", *, own: bool = False) -> str:
    """The result's text in a format. `own`: it is the last run of this device."""
    if format == "json":
        from netcheck.render import json

        return json.render(result, words)
    if format == "nagios":
        from netcheck.render import nagios

        return nagios.render(result, words)
    if format == "prometheus":
        from netcheck.render import prometheus

        return prometheus.render(result, words)
    if format == "ticket":
        from netcheck.render import ticket

        return ticket.render(result, words, code=code_of(result))
    if format in TOOLS:
        from netcheck.render import management

        return management.TOOLS[format].render(result, words)
    from netcheck.render import terminal

    return terminal.render(
        result,
        words,
        width=width_of(sys.stdout),
        colour=in_colour(sys.stdout),
        unicode=speaks_unicode(sys.stdout),
        code=code_of(result),
        hints=(*HINTS, *HINTS_OF_TROUBLE) if own and _is_trouble(result) else HINTS,
    )


def _is_trouble(result: "Result") -> bool:
    from netcheck.model.verdict import Severity

    return result.verdict.severity is not Severity.OK


def code_of(result: "Result") -> str:
    """The spoken code; empty for a fault that only a newer netcheck knows."""
    from netcheck.diagnosis.code import encode
    from netcheck.diagnosis.faults import BY_ID

    if result.verdict.fault is not None and result.verdict.fault not in BY_ID:
        return ""
    return encode(result.verdict, result.rules_version)


def sheet(words: "Words") -> "Sheet":
    """An empty sheet of stdout's size and abilities."""
    from netcheck.render.sheet import Sheet

    return Sheet(
        words,
        width_of(sys.stdout),
        colour=in_colour(sys.stdout),
        unicode=speaks_unicode(sys.stdout),
    )


def as_json(document: object) -> str:
    """Any answer as JSON, ASCII only, so that it reads the same everywhere."""
    import json

    return json.dumps(document, indent=2, allow_nan=False) + "\n"
