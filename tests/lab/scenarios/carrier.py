"""The fault is the mobile carrier's: at home and at the provider everything works."""

from tests.lab.acts import falls_silent, stops, takes
from tests.lab.acts_beyond import answers_servfail, labours, loses_its_name_server
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import NOTHING, carrier, internet

SOS = ("--carrier", "att", "--symptom", "sos")
GATEWAY = verdict(side="carrier", fault="carrier-gateway-outage", calling_ready=False)
NAMES = verdict(side="carrier", fault="carrier-names-outage")

SCENARIOS = (
    Scenario(
        "the phone shows SOS, everything that can be seen works",
        given=NOTHING,
        then=verdict(side="carrier", fault="carrier-registration-outage", calling_ready=True),
        args=SOS,
        rival="everything works",
    ),
    Scenario(
        "the phone of a guest brand shows SOS, everything that can be seen works",
        given=NOTHING,
        then=verdict(side="carrier", fault="carrier-registration-outage", calling_ready=True),
        args=("--carrier", "cricket", "--symptom", "sos"),
    ),
    Scenario(
        "the phone has no service, everything that can be seen works",
        given=NOTHING,
        then=verdict(side="carrier", fault="coverage-or-account"),
        args=("--carrier", "att", "--symptom", "no-service"),
    ),
    Scenario(
        "the own gateway is silent, other carriers' answer",
        given=carrier("att", epdg=falls_silent()),
        then=GATEWAY,
        rival="every gateway is silent far beyond the provider",
    ),
    Scenario(
        "the own gateway is silent at 40 ms round trip",
        given=carrier("att", epdg=falls_silent()) + internet(wire=takes(rtt_ms=40)),
        then=GATEWAY,
    ),
    Scenario(
        "the gateway of a carrier with several of them is silent",
        given=carrier("tmobile", epdg=falls_silent()),
        then=GATEWAY,
        args=("--carrier", "tmobile"),
    ),
    Scenario(
        "nobody listens at the own gateway, and its machine says so",
        given=carrier("att", epdg=stops()),
        then=verdict(side="carrier", calling_ready=False),
        rival="the home router rejects IKE, everything else works",
    ),
    Scenario(
        "the own gateway is silent and the phone shows SOS",
        given=carrier("att", epdg=falls_silent()),
        then=verdict(side="carrier", calling_ready=False),
        args=SOS,
    ),
    Scenario(
        "the carrier's name server answers SERVFAIL",
        given=carrier("att", zone=answers_servfail()),
        then=NAMES,
        rival="the router's resolver hides the names of Wi-Fi calling",
    ),
    Scenario(
        "the carrier's name server is silent",
        given=carrier("att", zone=loses_its_name_server()),
        then=NAMES,
        rival="the provider's resolver hangs behind the router",
    ),
    Scenario(
        "the carrier has lost names, gateways and phones at once",
        given=carrier("att", zone=answers_servfail(), epdg=falls_silent(), web=falls_silent()),
        then=verdict(side="carrier", fault="carrier-core-outage"),
        args=SOS,
        rival="the phone shows SOS, everything that can be seen works",
    ),
    Scenario(
        "the carrier's gateway limps: late, and every third answer lost",
        given=carrier("att", epdg=labours(slow_ms=800, share_lost=1 / 3)),
        then=verdict(side="carrier", fault="carrier-degraded"),
        runs=10,
        at_least=9,
        rival="everything works at 200 ms round trip",
    ),
)
