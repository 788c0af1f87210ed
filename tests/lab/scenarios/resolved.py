"""Names as the device's own settings ask for them: encrypted, signed, with endings of their own."""

from tests.lab.acts_device import SOMEBODY
from tests.lab.acts_dns import (
    searches_domains_that_know_everything,
    shuts_encrypted_dns,
)
from tests.lab.acts_home import names_resolvers
from tests.lab.resolved import asks_systemd_resolved
from tests.lab.scenario import Scenario, verdict
from tests.lab.topology import OWN_NAMES, ROUTER_LAN
from tests.lab.words import home

WELL = verdict(side="none", fault="all-well", calling_ready=True)
PRIVATE = f"1.1.1.1#{OWN_NAMES['cloudflare']}"
STRANGER = "1.1.1.1#dns.example.net"
SHUT = verdict(side="local", fault="encrypted-dns-blocked")
OFFICE = "office.example"

SCENARIOS = (
    Scenario(
        "the device asks systemd-resolved, everything works",
        given=home(device=asks_systemd_resolved(ROUTER_LAN)),
        then=WELL,
        rival="the device's own name service has ended, the servers behind it answer",
    ),
    Scenario(
        "the device asks for names over TLS only, everything works",
        given=home(device=asks_systemd_resolved(PRIVATE, encryption="yes")),
        then=WELL,
        rival="the device asks for names over TLS only, and the router shuts that port",
    ),
    Scenario(
        "the device asks for names over TLS only, and the router shuts that port",
        given=home(
            device=asks_systemd_resolved(PRIVATE, encryption="yes"), router=shuts_encrypted_dns()
        ),
        then=SHUT,
        rival="the device asks for names over TLS where it can, and the router shuts that port",
    ),
    Scenario(
        "the device asks for names over TLS only, of a server that takes none",
        given=home(device=asks_systemd_resolved(ROUTER_LAN, encryption="yes")),
        then=SHUT,
    ),
    Scenario(
        "the device asks for names over TLS only, and the server has another name",
        given=home(device=asks_systemd_resolved(STRANGER, encryption="yes")),
        then=SHUT,
        rival="the device asks for names over TLS only, everything works",
    ),
    Scenario(
        "the device asks for names over TLS where it can, and the router shuts that port",
        given=home(
            device=asks_systemd_resolved(PRIVATE, encryption="opportunistic"),
            router=shuts_encrypted_dns(),
        ),
        then=WELL,
        rival="the device asks for names over TLS only, and the router shuts that port",
    ),
    Scenario(
        "the device insists on signed names, and the network has none",
        given=home(device=asks_systemd_resolved(ROUTER_LAN, signatures="yes")),
        then=verdict(side="local", fault="dnssec-refused"),
        rival="the device takes signed names where it can, and the network has none",
    ),
    Scenario(
        "the device takes signed names where it can, and the network has none",
        given=home(device=asks_systemd_resolved(ROUTER_LAN, signatures="allow-downgrade")),
        then=WELL,
        rival="the device insists on signed names, and the network has none",
    ),
    Scenario(
        "a search domain knows every name, and the device tries it first",
        given=home(dns=searches_domains_that_know_everything(OFFICE, SOMEBODY, dots=5)),
        then=verdict(side="local", fault="search-domain-misleads"),
        rival="a search domain knows every name, and the device tries it last",
    ),
    Scenario(
        "a search domain knows every name, and the device tries it last",
        given=home(dns=searches_domains_that_know_everything(OFFICE, SOMEBODY)),
        then=WELL,
        rival="a search domain knows every name, and the device tries it first",
    ),
    Scenario(
        "the device was given five DNS servers, everything works",
        given=home(device=names_resolvers(ROUTER_LAN, "1.1.1.1", "8.8.8.8", "9.9.9.9", "8.8.4.4")),
        then=WELL,
    ),
)
