"""The fault is on the device itself, or it meets only some of what the device sends."""

from tests.lab.acts import drops, rejects
from tests.lab.acts_device import forbids_sending
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import home, provider

IKE = (500, 4500)
NO_HTTPS = verdict(side="local", fault="https-blocked")

FIREWALL = (
    Scenario(
        "a firewall on the device forbids IKE",
        given=home(device=forbids_sending(udp=IKE)),
        then=verdict(side="local", fault="device-firewall", calling_ready=False),
        rival="the home router rejects IKE, everything else works",
    ),
    Scenario(
        "a firewall on the device forbids everything",
        given=home(device=forbids_sending()),
        then=verdict(side="local", fault="device-firewall"),
        rival="the router hangs",
    ),
)

SECURE_SITES = (
    Scenario(
        "the home router drops connections to secure sites",
        given=home(router=drops(tcp=(443,))),
        then=NO_HTTPS,
        rival="the provider drops connections to secure sites",
    ),
    Scenario(
        "the home router rejects connections to secure sites",
        given=home(router=rejects(tcp=(443,))),
        then=NO_HTTPS,
        rival="three anchors of different operators refuse connections",
    ),
    Scenario(
        "the provider drops connections to secure sites",
        given=provider(access=drops(tcp=(443,))),
        then=verdict(side="isp", fault="provider-blocks-https"),
        rival="the home router drops connections to secure sites",
    ),
)

SCENARIOS = (*FIREWALL, *SECURE_SITES)
