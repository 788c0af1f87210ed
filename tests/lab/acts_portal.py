"""A network that names its own sign-in server (RFC 8910), and what that server says (RFC 8908)."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.lab.topology import ROUTER_LAN, ROUTER_LAN6
from tests.lab.words import Act, Place
from tests.lab.world import World

HOST = "portal.hotel-wifi.example"
UNRESTRICTED = "urn:ietf:params:capport:unrestricted"


def names_a_sign_in_server(
    *,
    captive: bool = False,
    seconds_remaining: int | None = None,
    answers: bool = True,
    known_certificate: bool = True,
) -> Act:
    """The lease's option 114 names a server on the router, which says whether we may out."""
    said: dict[str, object] = {"captive": captive, "user-portal-url": f"https://{HOST}/login"}
    if seconds_remaining is not None:
        said["seconds-remaining"] = seconds_remaining
        said["venue-info-url"] = f"https://{HOST}/about"

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        here = [ROUTER_LAN, *([ROUTER_LAN6] if world.ipv6 else [])]
        plan = world.web.sign_in_plan(
            HOST, json.dumps(said), [[one, 443] for one in here], known=known_certificate
        )
        with ExitStack() as stack:
            if answers:
                stack.enter_context(world.server("sites", place.namespace, plan))
            extra = [f"address=/{HOST}/{one}" for one in here]
            stack.enter_context(_handed_out(world, f"https://{HOST}/api", extra))
            yield

    return act


def says_that_there_is_no_sign_in() -> Act:
    """The lease's option 114 says, in so many words, that this network has no portal."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        with _handed_out(world, UNRESTRICTED, []):
            yield

    return act


@contextmanager
def _handed_out(world: World, uri: str, extra: list[str]) -> Iterator[None]:
    """Leases have this option 114 for as long as the block lasts."""
    world.router_names.restart(extra=(f"dhcp-option=114,{uri}", *extra))
    world.router_names.warm()
    world.device.lease()
    try:
        yield
    finally:
        world.router_names.restart()
        world.router_names.warm()
        world.device.lease()
