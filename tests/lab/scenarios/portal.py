"""Networks that want a sign-in, and say so themselves or do not."""

from tests.lab.acts import drops_everything
from tests.lab.acts_home import shows_a_portal
from tests.lab.acts_portal import names_a_sign_in_server, says_that_there_is_no_sign_in
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import home

WELL = verdict(side="none", fault="all-well", calling_ready=True)
SIGN_IN = verdict(side="local", fault="captive-portal")
WALL = home(router=drops_everything())

SCENARIOS = (
    Scenario(
        "the network names a sign-in server, which says that we may out for an hour",
        given=home(dns=names_a_sign_in_server(seconds_remaining=3600)),
        then=WELL,
        rival="the network lets nothing out, and its sign-in server says why",
    ),
    Scenario(
        "the network names a sign-in server in both families, which says that we may out",
        given=home(dns=names_a_sign_in_server()),
        then=WELL,
        ipv6=True,
    ),
    Scenario(
        "the network says that there is no sign-in here, everything works",
        given=home(dns=says_that_there_is_no_sign_in()),
        then=WELL,
    ),
    Scenario(
        "the network names a sign-in server that does not answer, everything works",
        given=home(dns=names_a_sign_in_server(answers=False)),
        then=WELL,
        rival="the network lets nothing out, and its sign-in server says why",
    ),
    Scenario(
        "the network names a sign-in server that cannot prove its name, everything works",
        given=home(dns=names_a_sign_in_server(captive=True, known_certificate=False)),
        then=WELL,
        rival="the network lets nothing out, and its sign-in server says why",
    ),
    Scenario(
        "the network lets nothing out, and its sign-in server says why",
        given=home(dns=names_a_sign_in_server(captive=True)) + WALL,
        then=SIGN_IN,
        rival="the provider is dead behind a living router",
    ),
    Scenario(
        "the network lets nothing out in either family, and its sign-in server says why",
        given=home(dns=names_a_sign_in_server(captive=True)) + WALL,
        then=SIGN_IN,
        ipv6=True,
    ),
    Scenario(
        "pages lead to a sign-in, and the sign-in server says so too",
        given=home(dns=names_a_sign_in_server(captive=True)) + home(router=shows_a_portal()),
        then=SIGN_IN,
    ),
)
