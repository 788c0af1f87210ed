"""The router at home and the link to it."""

from netcheck.diagnosis.likelihoods.row import Row, row

ROWS: tuple[Row, ...] = (
    row(
        "gateway",
        "answers silent absent",
        {"answers": 0.9, "silent": 0.095},
        {
            "router-dead": {"answers": 0.01, "absent": 0.75},
            "home-link-lossy wifi-weak wifi-interference": {"answers": 0.92, "silent": 0.05},
            "wifi-unsteady": {"answers": 0.8, "silent": 0.1},
            "device-firewall": {"answers": 0.6, "silent": 0.37},
        },
        "Some routers answer no probe at all and forward well: silence says little, while a "
        "neighbour lookup without an answer says much.",
    ),
    row(
        "full-line",
        "quick slower slow-up slow-down slow-both slow-at-home",
        {"quick": 0.79, "slower": 0.2084},
        {
            "bufferbloat": {
                "slow-up": 0.4,
                "slow-both": 0.28,
                "slow-down": 0.15,
                "slow-at-home": 0.16,
            },
            "own-traffic": {"quick": 0.4, "slower": 0.2, "slow-up": 0.2, "slow-both": 0.15},
        },
        "Only deep runs fill the line. That half of all lines are slower when full is DSLReports' "
        "word for those who tested; somebody else's upload in those seconds looks the same.",
    ),
    row(
        "mapping",
        "outlasts too-short-at-router too-short-beyond",
        {"outlasts": 0.999},
        {
            "router-forgets-calls": {"too-short-at-router": 0.95, "too-short-beyond": 0.03},
            "provider-forgets-calls": {"too-short-beyond": 0.85, "too-short-at-router": 0.1},
        },
        "Only against a helper of one's own that answers late. A router may treat port 4500 unlike "
        "the helper's, and a phone may send keepalives more often than its carrier asks.",
    ),
    row(
        "home-loss",
        "none clear some heavy",
        {"none": 0.749, "clear": 0.25, "some": 0.0008},
        {
            # Clear is the link: a router may answer for itself and lose what it should pass on.
            "home-link-lossy": {"none": 0.075, "clear": 0.015, "some": 0.4, "heavy": 0.51},
            "wifi-weak": {"none": 0.22, "clear": 0.03, "some": 0.4, "heavy": 0.35},
            "wifi-interference wifi-unsteady": {
                "none": 0.34,
                "clear": 0.06,
                "some": 0.33,
                "heavy": 0.27,
            },
            "own-traffic": {"none": 0.56, "clear": 0.19, "some": 0.15, "heavy": 0.1},
            "address-used-twice": {"none": 0.57, "clear": 0.03, "some": 0.15, "heavy": 0.25},
        },
        "20 probes, and up to 100 more where anything was lost: of lines that lose 1 % one in 500 "
        "is called lossy, one in eight where the provider loses 5 % besides; of lines that lose "
        "5 % one in seven is missed (reckoned from the test; bursts do worse). Clear: the "
        "internet loses more than luck could hide here. How often that is so hangs on the "
        "internet's loss, which has its own row, so its share beside none is alike for all that "
        "leave the home alone. The two are not looked at in the same second, and air gets better "
        "in between.",
    ),
    row(
        "dhcp-servers",
        "one several conflicting none",
        {"one": 0.9, "several": 0.02, "none": 0.0795},
        {"two-dhcp-servers": {"conflicting": 0.97, "several": 0.02}},
        "Only with an administrator's rights and the raw extra. Two networks on one cable on "
        "purpose look the same.",
    ),
)
