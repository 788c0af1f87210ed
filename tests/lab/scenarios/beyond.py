"""The fault is somebody else's, or nobody on this device can tell whose."""

from tests.lab.acts import drops, falls_silent, refuses_connections
from tests.lab.acts_beyond import answers_servfail, is_junk
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import NOTHING, carrier, internet

THREE_DEAD = ("www.google.com", "www.microsoft.com", "www.wikipedia.org")

SCENARIOS = (
    Scenario(
        "three anchors of different operators are silent",
        given=internet(anchors={host: falls_silent() for host in THREE_DEAD}),
        then=verdict(side="remote", fault="third-party-outage", calling_ready=True),
        rival="one anchor is silent, everything else works",
    ),
    Scenario(
        "three anchors of different operators refuse connections",
        given=internet(anchors={host: refuses_connections() for host in THREE_DEAD}),
        then=verdict(side="remote", fault="third-party-outage"),
    ),
    Scenario(
        "one person cannot be reached, everything that can be seen works",
        given=NOTHING,
        then=verdict(side="inconclusive", calling_ready=True),
        args=("--carrier", "att", "--symptom", "cannot-reach"),
        rival="calls fail although everything that can be seen works",
    ),
    Scenario(
        "one person cannot be reached, and their carrier's names are gone",
        given=carrier("verizon", zone=answers_servfail()),
        then=verdict(side="remote", fault="called-carrier-outage", calling_ready=True),
        args=("--carrier", "att", "--cannot-reach", "verizon"),
        rival="one person cannot be reached, everything that can be seen works",
    ),
    Scenario(
        "one person cannot be reached, and their carrier's gateway is silent",
        given=carrier("verizon", epdg=falls_silent()),
        then=verdict(side="remote", fault="called-carrier-outage", calling_ready=True),
        args=("--carrier", "att", "--cannot-reach", "verizon"),
        rival="the own gateway is silent, other carriers' answer",
    ),
    Scenario(
        "every gateway is silent far beyond the provider",
        given=internet(exchange=drops(udp=(500, 4500))),
        then=verdict(side="inconclusive"),
        rival="the own gateway is silent, other carriers' answer",
    ),
    Scenario(
        "something that is not IKE answers for the own gateway alone",
        given=carrier("att", epdg=is_junk()),
        then=verdict(side="inconclusive"),
        rival="the home router answers IKE with something that is not IKE",
    ),
    Scenario(
        # Address, entitlement, IMS: what lies behind the open door cannot be seen without a SIM.
        "calls fail although everything that can be seen works",
        given=NOTHING,
        then=verdict(side="inconclusive", fault="carrier-calling-fails", calling_ready=True),
        args=("--carrier", "att", "--symptom", "calls-fail"),
        rival="everything works",
    ),
    Scenario(
        "the phone shows SOS and no carrier is chosen",
        given=NOTHING,
        then=verdict(side="inconclusive", calling_ready=None),
        args=("--symptom", "sos"),
        rival="the phone shows SOS, everything that can be seen works",
    ),
)
