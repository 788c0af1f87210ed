"""A network may name any host as its sign-in server: which of them are asked."""

from types import SimpleNamespace

import pytest

from netcheck.agent.targets import allowed_targets
from netcheck.catalog import load
from netcheck.checks import portal_lets_us_out as check
from netcheck.checks.contract import Seen
from netcheck.checks.portal_lets_us_out import PortalApiFacts
from netcheck.model.device import Device, Interface, LinkKind, Route
from netcheck.model.observation import Family, Observation, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.probe.network import AllowList, Network
from netcheck.probe.portal_api import PortalAnswer
from netcheck.probe.resolve import SystemAnswer
from netcheck.wire.capport import PortalState

TARGET = Target("this network's sign-in server")
ROUTER = Route("0.0.0.0/0", Family.IPV4, "wlan0", "192.168.1.1", None)
RADIO = Interface("wlan0", LinkKind.WIFI, True, True)


@pytest.fixture
def asked(monkeypatch):
    """The addresses that were asked; whoever is asked says that we may out."""
    found = []

    def ask(_net, addresses, _uri, **_):
        found.extend(addresses)
        return PortalAnswer(PortalState(False, True, False, None, None, None), 200, delay_ms=9.0)

    monkeypatch.setattr(check, "ask_state", ask)
    monkeypatch.setattr(check, "context", lambda: None)
    monkeypatch.setattr(check, "portal_uri", lambda _: "https://portal.example/api")
    return found


def situation(*addresses):
    names = SystemAnswer(addresses, None, 5.0)
    return SimpleNamespace(
        interface=RADIO,
        device=Device("linux", (RADIO,), (), default_routes=(ROUTER,)),
        net=Network(AllowList(allowed_targets(load(), ()))),
        resolver=SimpleNamespace(by_system=lambda *_, **__: names),
    )


@pytest.mark.parametrize("address", ["192.168.1.1", "93.184.215.14"])
def test_the_router_and_hosts_of_the_internet_are_asked(asked, address):
    observed = check.observe(TARGET, situation(address, "192.168.1.50"))
    assert (observed.outcome, observed.facts.captive, asked) == (Outcome.OK, False, [address])


def test_a_host_of_the_user_s_own_network_is_not_asked_and_nothing_is_read_from_that(asked):
    observed = check.observe(TARGET, situation("192.168.1.50"))
    facts = PortalApiFacts("refused", None)
    assert (observed.failure, observed.facts, asked) == (Failure.WRONG_ANSWER, facts, [])
    seen = Observation(check.CHECK.id, TARGET, Outcome.FAILED, observed.failure, facts, 0.0, 1.0)
    assert list(check.read(SimpleNamespace(seen=Seen([seen])))) == []
