"""How long a way for calls stays open while nobody speaks, against a carrier that keeps it awake
every 20 seconds: T-Mobile."""

from tests.lab.acts_mappings import CONFIG, forgets_udp_after, knows_a_late_helper
from tests.lab.acts_worlds import shares_one_address
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import home, provider

DEEP = ("--carrier", "tmobile", "--deep")
HELPED = home(device=knows_a_late_helper())
SHARED = provider(access=shares_one_address())
SETTINGS = (("NETCHECK_CONFIG", CONFIG),)

SCENARIOS = (
    Scenario(
        "the router keeps a silent way open for two minutes",
        given=HELPED,
        then=verdict(side="none", fault="all-well", calling_ready=True),
        args=DEEP,
        settings=SETTINGS,
        rival="the router forgets a silent way after twelve seconds",
    ),
    Scenario(
        "the router forgets a silent way after twelve seconds",
        given=HELPED + home(router=forgets_udp_after(12)),
        then=verdict(side="local", fault="router-forgets-calls", calling_ready=True),
        args=DEEP,
        settings=SETTINGS,
        rival="the router keeps a silent way open for two minutes",
    ),
    Scenario(
        "the provider, by which homes share one address, forgets a silent way after twelve seconds",
        given=HELPED + SHARED + provider(access=forgets_udp_after(12)),
        then=verdict(side="isp", fault="provider-forgets-calls", calling_ready=True),
        args=DEEP,
        settings=SETTINGS,
        rival="the router forgets a silent way after twelve seconds",
    ),
    Scenario(
        "homes share one address, and the router forgets a silent way after twelve seconds",
        given=HELPED + SHARED + home(router=forgets_udp_after(12)),
        then=verdict(side="local", fault="router-forgets-calls", calling_ready=True),
        args=DEEP,
        settings=SETTINGS,
        rival="the provider, by which homes share one address, forgets a silent way after twelve"
        " seconds",
    ),
)
