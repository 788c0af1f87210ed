"""What can be wrong between a device and its access point, and what only looks like it."""

from tests.lab.acts import goes_dark
from tests.lab.acts_home import shows_a_portal
from tests.lab.radio.acts import (
    air,
    gives_no_lease,
    has_the_wrong_passphrase,
    is_flooded_with_farewells,
    is_heard_at,
    is_switched_off,
    loses_packets,
    loses_tries,
    turns_the_device_away,
)
from tests.lab.scenario import Scenario, named_among, verdict
from tests.lab.words import NOTHING, home, provider

WELL = verdict(side="none", fault="all-well", calling_ready=True)
HEALTHY = Scenario("everything works over Wi-Fi", given=NOTHING, then=WELL)

SCENARIOS = (
    HEALTHY,
    Scenario(
        "the Wi-Fi is faint here, everything works",
        given=air(is_heard_at(-78)),
        then=WELL,
        rival="the Wi-Fi is weak here",
    ),
    Scenario(
        "the Wi-Fi is weak here",
        given=air(loses_tries(0.8, at_dbm=-84)),
        then=verdict(side="local", fault="wifi-weak"),
        rival="the Wi-Fi is strong and disturbed",
    ),
    Scenario(
        "the Wi-Fi is strong and disturbed",
        given=air(loses_tries(0.8)),
        then=verdict(side="local", fault="wifi-interference"),
        rival="the Wi-Fi is weak here",
    ),
    Scenario(
        "the Wi-Fi is strong and 30 % of packets are lost on it",
        given=air(loses_packets(0.3)),
        then=verdict(side="local", fault="home-link-lossy"),
    ),
    Scenario(
        "the device has the wrong passphrase",
        given=air(has_the_wrong_passphrase()),
        then=verdict(side="local", fault="wifi-wrong-passphrase"),
        rival="the access point is gone",
    ),
    Scenario(
        "the access point is gone",
        given=air(is_switched_off()),
        then=verdict(side="local", fault="wifi-not-joined"),
        rival="the device has the wrong passphrase",
    ),
    Scenario(
        "the access point turns the device away",
        given=air(turns_the_device_away()),
        then=verdict(side="local", fault="wifi-refused"),
    ),
    Scenario(
        "the Wi-Fi is joined and DHCP does not answer",
        given=air(gives_no_lease()),
        then=verdict(side="local", fault="no-address"),
    ),
    Scenario(
        "a stranger's radio sends everyone away again and again",
        given=air(is_flooded_with_farewells(every_s=0.5)),
        then=verdict(side="local", fault="wifi-unsteady"),
        runs=2,  # one that begins in the moment between two networks sees only that none is joined
    ),
    Scenario(
        "a captive portal waits for a sign-in behind good Wi-Fi",
        given=home(router=shows_a_portal()),
        then=verdict(side="local", fault="captive-portal"),
    ),
    Scenario(
        "the provider is dead behind good Wi-Fi",
        given=provider(access=goes_dark()),
        then=verdict(side="isp"),
    ),
)


def named(words: str) -> Scenario:
    """The scenario whose sentence is, begins with or contains these words."""
    return named_among(SCENARIOS, words)
