"""What the device's own settings for names are read as, beside what was measured."""

from types import SimpleNamespace

import pytest

from netcheck.checks import (
    encrypted_dns_answers,
    name_service_is_known,
    search_domains_leave_names_alone,
    signed_names_pass,
)
from netcheck.checks.encrypted_dns_answers import EncryptedDnsFacts
from netcheck.checks.name_service_is_known import AskedServerFacts, NameServiceFacts
from netcheck.checks.search_domains_leave_names_alone import SearchFacts
from netcheck.checks.signed_names_pass import SignedNameFacts
from netcheck.device.name_service import NotMeasured
from netcheck.model.names import NameOptions
from netcheck.model.observation import Family, Role, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.probe.dns import DnsAnswer
from netcheck.probe.dns_tls import EncryptedAnswer
from netcheck.probe.resolve import SystemAnswer
from tests.test_checks_dns import seen, situation, told
from tests.test_diagnosis_verdict import but, verdict_on

SERVER = "1.1.1.1"


def service(encryption=None, signatures=None, **more):
    servers = (AskedServerFacts(SERVER, None, encryption, False),) if encryption else ()
    facts = NameServiceFacts("systemd-resolved", servers, encryption, signatures, **more)
    return seen("name-service-is-known", facts)


def over_tls(insists, failure=None):
    facts = EncryptedDnsFacts(insists, None, None, None, None, "tcp" if failure else None, None)
    return seen("encrypted-dns-answers", facts, who=SERVER, failure=failure)


@pytest.mark.parametrize(
    ("observations", "states"),
    [
        ((), []),
        ((service(),), []),
        ((service("off"),), ["encrypted-dns.off"]),
        ((service("strict"),), []),
        ((service("strict"), over_tls(True)), ["encrypted-dns.answers"]),
        ((service("strict"), over_tls(True, Failure.TIMEOUT)), ["encrypted-dns.blocked"]),
        ((service("strict"), over_tls(True, Failure.REFUSED)), ["encrypted-dns.blocked"]),
        ((service("strict"), over_tls(True, Failure.CERTIFICATE)), ["encrypted-dns.untrusted"]),
        ((service("tolerant"), over_tls(False, Failure.TIMEOUT)), ["encrypted-dns.falls-back"]),
        (
            (service("strict"), over_tls(True, Failure.TIMEOUT), over_tls(True)),
            ["encrypted-dns.answers"],
        ),
    ],
)
def test_a_shut_way_matters_only_to_who_insists(observations, states):
    assert told(encrypted_dns_answers.CHECK, *observations) == states


@pytest.mark.parametrize(
    ("answer", "failure", "control"),
    [
        (DnsAnswer(rcode="NOERROR", addresses=("192.0.2.1",)), None, None),
        (DnsAnswer(rcode="REFUSED", failure=Failure.REFUSED), None, None),
        (DnsAnswer(rcode="SERVFAIL", failure=Failure.SERVFAIL), None, None),
        (DnsAnswer(failure=Failure.REFUSED), Failure.REFUSED, "9.9.9.9"),  # the port is shut
        (DnsAnswer(failure=Failure.TIMEOUT), Failure.TIMEOUT, "9.9.9.9"),
    ],
)
def test_any_answer_over_tls_came_through_and_needs_no_control(
    monkeypatch, answer, failure, control
):
    monkeypatch.setattr(
        encrypted_dns_answers, "ask_over_tls", lambda *_, **__: EncryptedAnswer(answer)
    )
    here = situation(service("tolerant"))
    here.net = None
    target = Target(SERVER, Role.OWN, address=SERVER, port=853)
    observed = encrypted_dns_answers.CHECK.observe(target, here)
    assert observed.failure == failure
    public = Target("9.9.9.9", Role.CONTROL, "Quad9", "9.9.9.9", 53, Family.IPV4)
    after = situation(
        seen("encrypted-dns-answers", observed.facts, who=SERVER, failure=observed.failure)
    )
    after.resolvers = (Target(SERVER), public)
    asked = [one.name for one in encrypted_dns_answers.ELSEWHERE.targets(after)]
    assert asked == ([control] if control else [])


def test_a_server_on_a_port_of_its_own_is_left_alone():
    apart = (AskedServerFacts(SERVER, 8853, "strict", False),)
    stub = (AskedServerFacts("127.0.0.1", None, "strict", False),)
    for servers in (apart, stub):
        facts = NameServiceFacts("stubby", servers, "strict")
        asked = encrypted_dns_answers.CHECK.targets(situation(seen("name-service-is-known", facts)))
        assert list(asked) == []


@pytest.mark.parametrize(
    ("observations", "states"),
    [
        ((service(signatures="off"),), ["signed-names.optional"]),
        ((service(signatures="tolerant"),), ["signed-names.optional"]),
        ((service(signatures="strict"),), []),
        ((seen("signed-names-pass", SignedNameFacts(False)),), ["signed-names.pass"]),
        (
            (seen("signed-names-pass", SignedNameFacts(True, True), failure=Failure.WRONG_ANSWER),),
            ["signed-names.refused"],
        ),
        # Without its rule it gives nothing either: it is not the rule.
        (
            (
                seen(
                    "signed-names-pass", SignedNameFacts(True, False), failure=Failure.WRONG_ANSWER
                ),
            ),
            [],
        ),
        ((seen("signed-names-pass", SignedNameFacts(False), failure=Failure.SERVFAIL),), []),
    ],
)
def test_a_seal_is_missed_only_where_names_come_without_the_rule(observations, states):
    assert told(signed_names_pass.CHECK, *observations) == states


@pytest.mark.parametrize(
    ("ignored", "states"), [(None, []), (0, ["server-list.usual"]), (2, ["server-list.too-long"])]
)
def test_servers_beyond_the_third_are_told(ignored, states):
    assert told(name_service_is_known.CHECK, service(ignored=ignored)) == states


def test_a_service_that_does_not_tell_is_an_error_and_no_failure(monkeypatch):
    def withheld():
        raise NotMeasured("Refused")

    monkeypatch.setattr(name_service_is_known.name_service, "read", withheld)
    device = SimpleNamespace(system="linux", nameservers=(), name_options=None, search_domains=None)
    observed = name_service_is_known.CHECK.observe(Target("x"), SimpleNamespace(device=device))
    assert (observed.outcome, observed.failure) == (Outcome.ERROR, Failure.NOT_PERMITTED)


@pytest.mark.parametrize(
    ("system", "nameserver", "program"),
    [
        ("linux", SERVER, "none"),
        ("linux", "127.0.0.1", "another"),
        ("windows", SERVER, None),  # not looked for there
        ("macos", "127.0.0.1", "another"),
    ],
)
def test_that_no_program_stands_between_is_said_only_where_it_was_looked_for(
    monkeypatch, system, nameserver, program
):
    monkeypatch.setattr(name_service_is_known.name_service, "read", lambda: None)
    device = SimpleNamespace(
        system=system, nameservers=(nameserver,), name_options=None, search_domains=None
    )
    observed = name_service_is_known.CHECK.observe(Target("x"), SimpleNamespace(device=device))
    assert observed.facts.program == program


# --- search domains ---


class Names:
    """A system that answers from a table; what is not in it does not exist."""

    def __init__(self, **table):
        self.table = {name.replace("_", "."): address for name, address in table.items()}
        self.wildcard = None

    def by_system(self, host, *, deadline_ms=0):
        address = self.table.get(host.rstrip("."))
        if not host.endswith(".") and self.wildcard and (address is None or self.first):
            address = self.wildcard
        if address is None:
            return SystemAnswer((), Failure.NXDOMAIN, 1.0)
        return SystemAnswer((address,), None, 1.0)


@pytest.mark.parametrize(
    ("wildcard", "first", "state"),
    [
        (None, False, "quiet"),
        ("198.51.100.9", False, "invents"),
        ("198.51.100.9", True, "diverts"),
    ],
)
def test_a_wildcard_is_found_out_by_a_dot_at_the_end(wildcard, first, state):
    names = Names(www_google_com="142.250.74.36")
    names.wildcard, names.first = wildcard, first
    device = SimpleNamespace(search_domains=1, name_options=NameOptions(dots=5))
    check = search_domains_leave_names_alone.CHECK
    observed = check.observe(
        Target("www.google.com"), SimpleNamespace(device=device, resolver=names)
    )
    assert told(check, seen(check.id, observed.facts)) == [f"search-domain.{state}"]


def test_a_large_site_that_answers_unlike_each_time_is_not_diverted():
    check = search_domains_leave_names_alone.CHECK
    assert told(check, seen(check.id, SearchFacts(1, 5, invents=False, diverts=True))) == [
        "search-domain.quiet"
    ]


@pytest.mark.parametrize(
    ("domains", "options", "observations", "asked"),
    [
        (0, NameOptions(dots=5), (), False),
        (None, None, (), False),
        (1, NameOptions(), (seen("anchor-answers", None),), False),
        (1, NameOptions(dots=5), (seen("anchor-answers", None),), True),
        (1, NameOptions(), (), False),
        (1, NameOptions(), (seen("system-resolver-answers", None),), True),
    ],
)
def test_only_where_a_search_domain_could_do_harm(domains, options, observations, asked):
    here = situation(*observations)
    here.device = SimpleNamespace(search_domains=domains, name_options=options)
    assert bool(list(search_domains_leave_names_alone.CHECK.targets(here))) is asked


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        ("encrypted-dns.blocked", "encrypted-dns-blocked"),
        ("encrypted-dns.untrusted", "encrypted-dns-blocked"),
        ("signed-names.refused", "dnssec-refused"),
    ],
)
def test_what_the_device_insists_on_is_the_user_s_side(found, fault):
    dead = but(f"system-resolver.fails stub.fails anchors.unresolved {found}")
    assert verdict_on(dead).fault == fault
    assert verdict_on(dead).side == "local"
