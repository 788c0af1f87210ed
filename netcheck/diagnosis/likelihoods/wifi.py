"""What the radio says: the air, the lock, how the link holds, why it was not joined."""

from netcheck.diagnosis.likelihoods.row import Row, row

ROWS: tuple[Row, ...] = (
    row(
        "wifi-air",
        "clean busy retried crowded failing",
        {"clean": 0.86, "busy": 0.08, "retried": 0.045, "crowded": 0.012},
        {
            "wifi-interference": {"clean": 0.04, "busy": 0.05, "retried": 0.33, "crowded": 0.38},
            "wifi-weak": {"clean": 0.3, "busy": 0.05, "retried": 0.3, "crowded": 0.05},
            "wifi-unsteady": {"clean": 0.5, "busy": 0.08, "retried": 0.2, "crowded": 0.05},
            "home-link-lossy": {"clean": 0.86, "busy": 0.09, "retried": 0.035, "crowded": 0.01},
            "own-traffic": {"clean": 0.4, "busy": 0.45, "retried": 0.08, "crowded": 0.06},
        },
        "Repeats and given-up frames of some 150 packets, and the channel's load. Drivers that do "
        "not count repeats look clean; many busy channels still carry a call.",
    ),
    row(
        "wifi-lock",
        "open locked old",
        {"open": 0.1, "locked": 0.89},
        {"captive-portal": {"open": 0.75, "locked": 0.245}},
        "By the beacon of the access point in use. Cafés and trains are open and ask for a "
        "sign-in; guest networks of hotels are often locked as well.",
    ),
    row(
        "wifi-hold",
        "steady dropped thrown-off wandering",
        {"steady": 0.993, "dropped": 0.004, "thrown-off": 0.0001, "wandering": 0.0029},
        {
            "wifi-unsteady": {"steady": 0.25, "dropped": 0.2, "thrown-off": 0.35},
            "wifi-weak": {"steady": 0.93, "dropped": 0.045, "thrown-off": 0.005},
            "wifi-interference": {"steady": 0.96, "dropped": 0.027, "thrown-off": 0.003},
        },
        "A few seconds: a link that drops every ten minutes looks steady. A person who switches "
        "networks in that moment looks like the opposite.",
    ),
    row(
        "wifi-join",
        "unseen broken-off wrong-passphrase refused silent not-found no-dhcp",
        {"unseen": 0.88, "broken-off": 0.02, "wrong-passphrase": 0.02, "refused": 0.02},
        {
            "wifi-wrong-passphrase": {"wrong-passphrase": 0.76, "unseen": 0.2, "broken-off": 0.02},
            "wifi-refused": {"refused": 0.72, "unseen": 0.2, "broken-off": 0.05},
            "wifi-not-joined": {
                "unseen": 0.6,
                "not-found": 0.2,
                "silent": 0.15,
                "broken-off": 0.02,
                "wrong-passphrase": 0.005,
                "refused": 0.015,
            },
            "wifi-weak": {
                "unseen": 0.4,
                "silent": 0.3,
                "broken-off": 0.22,
                "wrong-passphrase": 0.05,
            },
            "wifi-unsteady": {"unseen": 0.3, "broken-off": 0.5, "refused": 0.08, "silent": 0.08},
            "no-address": {"unseen": 0.6, "no-dhcp": 0.39},
        },
        "Seen only while a program tries, which after a failure may be a minute later. A very "
        "weak signal also breaks off the exchange of keys.",
    ),
)
