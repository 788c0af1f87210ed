"""What the user's phone shows."""

from netcheck.diagnosis.likelihoods.row import LOSSY, Row, row

ROWS: tuple[Row, ...] = (
    row(
        "symptom",
        "sos no-service calls-fail cannot-reach texts-fail data-only slow fine",
        {"fine": 0.1, "calls-fail": 0.32, "texts-fail": 0.12, "slow": 0.2, "sos": 0.03,
         "no-service": 0.05, "cannot-reach": 0.08, "data-only": 0.1},
        {
            # A phone that shows SOS is by that not well; people still mistake an old banner.
            "all-well": {"fine": 0.848, "slow": 0.12, "calls-fail": 0.012, "cannot-reach": 0.003,
                         "texts-fail": 0.01, "data-only": 0.003, "sos": 0.002, "no-service": 0.002},
            "carrier-registration-outage": {"sos": 0.56, "no-service": 0.3, "calls-fail": 0.07,
                                            "texts-fail": 0.02, "data-only": 0.01, "slow": 0.01,
                                            "fine": 0.02, "cannot-reach": 0.01},
            "carrier-core-outage": {"sos": 0.3, "no-service": 0.3, "calls-fail": 0.2,
                                    "texts-fail": 0.05, "data-only": 0.03, "slow": 0.05,
                                    "fine": 0.04, "cannot-reach": 0.03},
            "coverage-or-account": {"sos": 0.3, "no-service": 0.44, "calls-fail": 0.1,
                                    "texts-fail": 0.05, "data-only": 0.04, "slow": 0.04,
                                    "fine": 0.02, "cannot-reach": 0.01},
            "phone-or-sim": {"sos": 0.1, "no-service": 0.27, "calls-fail": 0.36,
                             "texts-fail": 0.08, "data-only": 0.08, "slow": 0.06,
                             "fine": 0.03, "cannot-reach": 0.02},
            "carrier-calling-fails": {"calls-fail": 0.56, "texts-fail": 0.14, "data-only": 0.2,
                                      "cannot-reach": 0.05, "fine": 0.01},
            "called-carrier-outage": {"cannot-reach": 0.92, "calls-fail": 0.05},
            LOSSY: {"slow": 0.45, "calls-fail": 0.35},
            "carrier-gateway-outage carrier-names-outage carrier-degraded lan-blocks-ike"
            " provider-blocks-ike vpn-blocks-ike dns-filter-blocks-calling": {
                # These break Wi-Fi calling alone; the phone shows SOS only where coverage is bad.
                "calls-fail": 0.5, "texts-fail": 0.14, "fine": 0.12, "sos": 0.06,
                "no-service": 0.08, "slow": 0.04},
        },
        "People err, and say what bothers them, not what the phone shows.",
    ),
)  # fmt: skip
