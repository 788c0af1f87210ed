"""`netcheck mapping-helper`: the helper that answers late, for one's own fleet to ask."""

from ipaddress import ip_address

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE
from netcheck.cli.options import Given, Option, Unfit
from netcheck.cli.problems import Problem
from netcheck.model.verdict import Worded

_SUCH_AS = "192.0.2.1:4500, [2001:db8::1]:4500"


def _end(text: str) -> tuple[str, int]:
    """An address and a port. Raises Unfit."""
    from netcheck.probe.late_answers import is_wildcard

    address, colon, port = text.rpartition(":")
    address = address.removeprefix("[").removesuffix("]")
    try:
        ip_address(address)
    except ValueError:
        raise Unfit("needed.listen", name=_SUCH_AS) from None
    if is_wildcard(address):
        raise Unfit("needed.one-address")
    if not (colon and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Unfit("needed.listen", name=_SUCH_AS)
    return address, int(port)


OPTIONS = (Option("listen", "ADDRESS:PORT", read=_end),)
POSITIONALS = ()


def perform(given: Given, door: Door) -> int:
    """Answer until somebody ends it."""
    from netcheck.probe.late_answers import LateAnswers, open_ear, serve

    if given.listen is None:
        raise Problem("error.needs-listen", needed=Worded("needed.listen", {"name": _SUCH_AS}))
    address, port = given.listen
    try:
        ear = open_ear(address, port)
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise Problem("error.cannot-listen", 1, name=f"{address} {port}", reason=reason) from None
    door.say("verb.mapping-helper.listening")
    serve(ear, LateAnswers())
    return DONE
