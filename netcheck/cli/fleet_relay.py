"""`netcheck fleet relay`: bring sealed reports to a collector, without saying whose they are."""

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE
from netcheck.cli.fleet_serving import SERVING, Ending, begin, caps, opened, serve, where
from netcheck.cli.options import Given, Option, Positional
from netcheck.cli.problems import Problem

_PORT = 8444


def _gateway(text: str) -> str:
    from netcheck.fleet.relay import check_gateway

    return check_gateway(text)


def _read(text: str) -> str:
    begin()
    return _gateway(text)


OPTIONS: tuple[Option, ...] = (Option("gateway", "URL", read=_read), *SERVING)
POSITIONALS: tuple[Positional, ...] = ()


def perform(given: Given, door: Door) -> int:
    """Relay until somebody ends it."""
    begin()
    if given.gateway is None:
        raise Problem("fleet.relay.needs-gateway")
    from netcheck.fleet.relay import Relay, build, pool
    from netcheck.fleet.serving import Service
    from netcheck.probe.trust import EmptyTrust

    try:
        relay = Relay(given.gateway, pool(), caps(given), bool(given.behind_proxy))
    except EmptyTrust as wrong:
        raise Problem("fleet.relay.no-trust", 1, reason=str(wrong)) from None
    service = Service(build(relay), where(given, _PORT))
    door.say("fleet.relay.ready", host=opened(service), name=given.gateway)
    serve(service, Ending(service.end), door)
    return DONE
