"""What a verdict means to a script: the exit codes of `run`, `replay` and `show`."""

from netcheck.model.result import Result
from netcheck.model.verdict import Severity, Side

DONE = 0
FAILED = 1
USAGE = 2
ANSWER_IS_NO = 3
NAGIOS_UNKNOWN = 3

_OF_SIDE = {
    Side.NONE: 0,
    Side.LOCAL: 10,
    Side.ISP: 11,
    Side.CARRIER: 12,
    Side.REMOTE: 13,
    Side.INCONCLUSIVE: 14,
}


def of_result(result: Result, *, fail_on: str | None = None) -> int:
    """The side's code; with `fail_on` "down", 0 for whatever is merely degraded. An open question
    stays one: nothing measured is not nothing wrong."""
    verdict = result.verdict
    open_question = verdict.side == Side.INCONCLUSIVE
    if fail_on == "down" and verdict.severity == Severity.DEGRADED and not open_question:
        return DONE
    return _OF_SIDE[result.verdict.side]


def of_format(result: Result, format: str, *, fail_on: str | None = None) -> int:
    """The code in the mapping that the format's readers expect."""
    own = of_tool(result, format, fail_on=fail_on)
    return of_result(result, fail_on=fail_on) if own is None else own


def of_tool(result: Result, format: str, *, fail_on: str | None = None) -> int | None:
    """The same where the format has a mapping of its own, however a run ended."""
    if format == "nagios":
        from netcheck.render.nagios import exit_code

        return exit_code(result)
    from netcheck.render.management import TOOLS

    return TOOLS[format].exit_code(result, fail_on == "down") if format in TOOLS else None
