"""The carriers' public names."""

from netcheck.diagnosis.likelihoods.row import DEAD_UPSTREAM, LOSSY, SWALLOWS, Row, row

ROWS: tuple[Row, ...] = (
    row(
        "own-zone",
        "resolves fails silent missing unusable filtered",
        {"resolves": 0.981, "missing": 0.013, "unusable": 0.002, "fails": 0.0015, "silent": 0.0015},
        {
            "carrier-names-outage": {
                "fails": 0.75,
                "silent": 0.18,
                "missing": 0.05,
                "unusable": 0.002,
            },
            "carrier-core-outage": {
                "resolves": 0.4,
                "fails": 0.38,
                "silent": 0.17,
                "unusable": 0.002,
            },
            "dns-filter-blocks-calling": {"filtered": 0.95, "resolves": 0.03, "unusable": 0.002},
        },
        "Missing is weak: firmware lists name hosts that were moved years ago. Unusable is weaker:"
        " some operators publish a loopback address on purpose (reported for US carriers).",
    ),
    row(
        "own-filter",
        "denied empty refused zeroed diverted unanswered",
        {},
        {},
        "Only where the own resolver holds back what a public one gives, which is weighed itself:"
        " in which way it does so is told, and weighs nothing.",
    ),
    row(
        "gateway-names",
        "alike unlike",
        {"alike": 0.8, "unlike": 0.2},
        {},
        "Operators name gateways by place, so different answers are normal and weigh nothing.",
    ),
    row(
        "own-names",
        "resolve fail",
        {"resolve": 0.99},
        {
            "carrier-names-outage": {"fail": 0.6},
            "carrier-core-outage": {"fail": 0.4},
        },
        "Names outside the calling zone; often hosted by a third party and alive in an outage.",
    ),
    row(
        "entitlement",
        "answers silent untrusted",
        {"answers": 0.9955, "silent": 0.003, "untrusted": 0.0015},
        {
            "https-blocked provider-blocks-https": {"silent": 0.9, "answers": 0.08},
            SWALLOWS: {"silent": 0.8, "answers": 0.18},
            "proxy-dead": {"silent": 0.35, "answers": 0.64},
            "carrier-entitlement-outage": {"silent": 0.78, "untrusted": 0.21},
            "carrier-core-outage": {"silent": 0.3, "answers": 0.69},
            f"{DEAD_UPSTREAM} provider-nat64-dead": {"silent": 0.97},
            "captive-portal": {"silent": 0.55, "untrusted": 0.4},
            "tls-intercepted clock-wrong": {"untrusted": 0.9, "answers": 0.08},
            "third-party-outage": {"silent": 0.1, "answers": 0.89},
            "calling-geoblocked": {"silent": 0.1, "answers": 0.895},
            LOSSY: {"silent": 0.02, "answers": 0.977},
            "own-traffic": {"silent": 0.1, "answers": 0.89},
        },
        "Often hosted apart from the carrier's core and alive in its outage. The host's name is "
        "from firmware lists; a host that moved, or that answers its own country only, is silent "
        "too. The web sites beside it are its control.",
    ),
    row(
        "control-zone",
        "resolves fails filtered",
        {"resolves": 0.98, "fails": 0.012},
        {"dns-filter-blocks-calling": {"filtered": 0.6, "resolves": 0.38}},
        "The same question about other operators; a filter may know some names only.",
    ),
    row(
        "called-zone",
        "resolves fails",
        {"resolves": 0.985},
        {"called-carrier-outage": {"fails": 0.35}},
        "As above.",
    ),
)
