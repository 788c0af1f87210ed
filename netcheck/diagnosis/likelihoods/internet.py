"""Unrelated web sites, and pages with a known answer."""

from netcheck.diagnosis.faults import PLACE
from netcheck.diagnosis.likelihoods.row import (
    BAD_AIR,
    DEAD_UPSTREAM,
    DNS_DEAD,
    INSISTS,
    LOSSY,
    SWALLOWS,
    Row,
    row,
)

_BEYOND_ALL_WAYS = (
    id
    for id, place in PLACE.items()
    # A hotspot's lack of data is that of its one way.
    if place in ("carrier", "phone", "remote") and id != "hotspot-without-data"
)
_SHARED_BY_ALL_WAYS = " ".join(("clock-wrong", "device-firewall", "proxy-dead", *_BEYOND_ALL_WAYS))

ROWS: tuple[Row, ...] = (
    row(
        "other-way",
        "works fails",
        {"works": 0.85},
        {_SHARED_BY_ALL_WAYS: {"works": 0.02}, "all-well": {"works": 0.5}},
        "Only with --all-paths: works where nothing was wrong over the other way, fails where the "
        "same of one's own carrier was. The two were not looked at in the same second, and what "
        "ignores this device does so over both: all being well explains a common failure too.",
    ),
    row(
        "anchors",
        "answer one-dead several-dead unresolved silent refused untrusted wrong-time stall",
        {"answer": 0.95, "one-dead": 0.035, "several-dead": 0.003},
        {
            "third-party-outage": {"several-dead": 0.93, "one-dead": 0.04},
            f"{DNS_DEAD} device-dns-dead {INSISTS}": {"unresolved": 0.93, "answer": 0.02},
            "search-domain-misleads": {
                "untrusted": 0.5,
                "silent": 0.2,
                "refused": 0.15,
                "several-dead": 0.08,
                "answer": 0.03,
            },
            "router-dead": {"unresolved": 0.85, "silent": 0.13},
            # A forwarder at home remembers names for a while after the line has gone.
            "provider-dead": {"unresolved": 0.7, "silent": 0.27},
            "captive-portal": {
                "silent": 0.3,
                "refused": 0.2,
                "untrusted": 0.35,
                "unresolved": 0.05,
            },
            "provider-nat64-dead": {"silent": 0.6, "several-dead": 0.2, "one-dead": 0.1},
            "tls-intercepted": {"untrusted": 0.97},
            "clock-wrong": {"wrong-time": 0.97},
            f"{LOSSY} {BAD_AIR}": {
                "answer": 0.7,
                "one-dead": 0.14,
                "several-dead": 0.09,
                "stall": 0.04,
                "silent": 0.015,
                "unresolved": 0.009,
            },
            SWALLOWS: {"stall": 0.8, "answer": 0.12},
            "device-firewall": {"answer": 0.65, "unresolved": 0.25, "silent": 0.07},
            "own-traffic": {
                "answer": 0.6,
                "one-dead": 0.14,
                "several-dead": 0.1,
                "silent": 0.09,
                "stall": 0.03,
                "unresolved": 0.03,
            },
            # Networks with a proxy often let no site be reached without it.
            "proxy-dead": {"answer": 0.6, "silent": 0.28, "refused": 0.08},
            "hosts-override": {"answer": 0.5, "one-dead": 0.35, "several-dead": 0.08},
            "https-blocked provider-blocks-https": {
                "silent": 0.55,
                "refused": 0.35,
                "stall": 0.08,
                "answer": 0.004,
            },
        },
        "Six unrelated operators; what most of them show counts. An anchor that fails alone is "
        "that anchor's fault.",
    ),
    row(
        "certificates",
        "one-bad dates dates-clock-right self-signed stranger wrong-name mixed",
        {"one-bad": 0.5, "dates": 0.1},
        {
            "clock-wrong": {"dates": 0.94, "one-bad": 0.01, "dates-clock-right": 0.01},
            "tls-intercepted": {
                "stranger": 0.5,
                "self-signed": 0.2,
                "one-bad": 0.02,
                "dates": 0.03,
                "dates-clock-right": 0.1,
            },
            "captive-portal": {
                "wrong-name": 0.34,
                "self-signed": 0.26,
                "stranger": 0.26,
                "one-bad": 0.04,
            },
            "third-party-outage": {
                "one-bad": 0.3,
                "dates-clock-right": 0.25,
                "wrong-name": 0.2,
                "dates": 0.1,
            },
        },
        "Only where some certificate did not verify. Which fault of a certificate a box in the "
        "way shows is its maker's choice: the kinds tell clocks from boxes, not boxes apart.",
    ),
    row(
        "portal",
        "absent present unanswered",
        {"absent": 0.985, "unanswered": 0.01},
        {
            "captive-portal": {"present": 0.96, "unanswered": 0.02},
            "own-traffic": {"absent": 0.89, "unanswered": 0.1},
            f"{DEAD_UPSTREAM} provider-nat64-dead": {"unanswered": 0.97},
            "search-domain-misleads": {"absent": 0.2, "present": 0.4, "unanswered": 0.4},
            "device-firewall": {"absent": 0.65, "unanswered": 0.34},
        },
        "A known answer was replaced by another on most of the endpoints that answered.",
    ),
    row(
        "portal-api",
        "open captive silent",
        {"open": 0.9, "captive": 0.01, "silent": 0.09},
        {
            "captive-portal": {"captive": 0.97, "silent": 0.02},
            "router-dead": {"silent": 0.97, "open": 0.02},
            f"provider-dead {DNS_DEAD} device-dns-dead": {"silent": 0.45, "open": 0.54},
            "tls-intercepted clock-wrong": {"silent": 0.9, "open": 0.08},
        },
        "The network's own claim (RFC 8908), and only where a lease names a server. Some networks "
        "say captive to everybody, or leave the option on after the portal has gone.",
    ),
    row(
        "https-stops",
        "at-router at-provider beyond unseen",
        {"beyond": 0.7, "unseen": 0.24, "at-provider": 0.03},
        {
            "https-blocked": {"at-router": 0.85, "unseen": 0.12, "beyond": 0.01},
            "provider-blocks-https": {"at-provider": 0.8, "unseen": 0.12, "beyond": 0.06},
            "proxy-dead": {"at-router": 0.3, "unseen": 0.3, "beyond": 0.35},
            "unknown": {"beyond": 0.25, "unseen": 0.25, "at-provider": 0.25},
        },
        "The first segment to port 443 with rising TTL beside port 80. A router that says nothing "
        "of a segment without hops hides it.",
    ),
)
