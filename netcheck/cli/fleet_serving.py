"""What `fleet serve` and `fleet relay` share: where they answer, and how they end."""

from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.options import Given, Option, Unfit, whole_between
from netcheck.cli.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from netcheck.fleet.collector.caps import Caps
    from netcheck.fleet.serving import Service, Where


_INSTALL = "pip install 'netcheck-agent[fleet]'"


def _end(text: str) -> tuple[str, int]:
    from netcheck.fleet.serving import read_end

    return read_end(text)


def _network(text: str) -> object:
    try:
        return ip_network(text)
    except ValueError:
        raise Unfit("needed.network", name="192.0.2.0/24") from None


SERVING = (
    Option("listen", "ADDRESS:PORT", read=_end),
    Option("tls-cert", "FILE", read=Path),
    Option("tls-key", "FILE", read=Path),
    Option("behind-proxy"),
    Option("most-per-source", "NUMBER", read=whole_between(0, 1_000_000)),
    Option("uncapped", "NETWORK", repeats=True, read=_network),
)


def where(given: Given, port: int) -> "Where":
    """Where it answers. Raises Problem."""
    from netcheck.fleet.serving import CannotServe, Where, check

    if (given.tls_cert is None) != (given.tls_key is None):
        raise Problem("fleet.serve.certificate-and-key")
    address, asked = given.listen or ("127.0.0.1", port)
    place = Where(address, asked, given.tls_cert, given.tls_key, bool(given.behind_proxy))
    try:
        check(place)
    except CannotServe as wrong:
        raise Problem(f"fleet.serve.{wrong.what}", name=place.shown, reason=wrong.reason) from None
    return place


def caps(given: Given) -> "Caps":
    """How much one source may send."""
    from netcheck.fleet.collector.caps import MOST_A_MINUTE, Caps

    most = given.most_per_source
    return Caps(MOST_A_MINUTE if most is None else most, given.uncapped or ())


def begin() -> None:
    """Silence the libraries. Raises Problem where the extra [fleet] is not installed."""
    from importlib.util import find_spec

    from netcheck.fleet.serving import be_silent

    be_silent()
    wanted = ("uvicorn", "starlette", "clickhouse_connect", "numpy", "cryptography", "pyhpke")
    missing = [name for name in wanted if find_spec(name) is None]
    if missing:
        raise extra_missing(missing[0])


def extra_missing(name: str) -> Problem:
    """What to install where this part of the extra [fleet] is not there."""
    # The words' own brackets mean something else.
    return Problem("fleet.serve.extra-missing", 1, name=name, reason=_INSTALL)


def opened(service: "Service") -> str:
    """Take the port; the address it then answers at. Raises Problem."""
    from netcheck.fleet.serving import CannotServe

    try:
        port = service.open()
    except CannotServe as wrong:
        name = service.where.shown
        raise Problem("error.cannot-listen", 1, name=name, reason=wrong.reason) from None
    scheme = "https" if service.where.certificate else "http"
    shown = service.where.shown.rpartition(":")[0]
    return f"{scheme}://{shown}:{port}"


class Ending:
    """What an interrupt does: nothing is said, and what waits is brought away."""

    def __init__(self, *steps: "Callable[[], object]") -> None:
        self._steps = steps

    def tell(self) -> tuple[str, int | None]:
        """Nothing more to say."""
        return "", None

    def keep(self) -> None:
        """One step after the other."""
        for step in self._steps:
            step()


def serve(service: "Service", ending: Ending, door: Door) -> None:
    """Until somebody ends it."""
    door.so_far = ending
    service.serve()
