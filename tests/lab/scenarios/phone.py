"""The phone as a witness: what the user says, and what a phone or a modem says of itself."""

from tests.lab.scenario import Scenario, verdict
from tests.lab.scenarios.isp import everything_behind_the_router
from tests.lab.words import NOTHING

SCENARIOS = (
    Scenario(
        "SOS, and another phone on the carrier beside it has no service either",
        given=NOTHING,
        then=verdict(side="carrier", fault="carrier-registration-outage", calling_ready=True),
        args=("--carrier", "att", "--symptom", "sos", "--beside-me", "fails"),
        rival="SOS, but another phone on the carrier beside it has service",
    ),
    Scenario(
        "SOS, but another phone on the carrier beside it has service",
        given=NOTHING,
        then=verdict(side="inconclusive", fault="coverage-or-account", calling_ready=True),
        args=("--carrier", "att", "--symptom", "sos", "--beside-me", "works"),
    ),
    Scenario(
        "no service, and airplane mode is on by the user's own word",
        given=NOTHING,
        then=verdict(side="local", fault="airplane-mode-on"),
        args=("--carrier", "att", "--symptom", "no-service", "--airplane", "on"),
        rival="the phone has no service, everything that can be seen works",
    ),
    Scenario(
        "the network here comes from the user's phone, and nothing comes through it",
        given=everything_behind_the_router(),
        then=verdict(side="carrier", fault="hotspot-without-data"),
        args=("--carrier", "att", "--same-wifi", "hotspot"),
        rival="the provider is dead behind a living router",
    ),
)
