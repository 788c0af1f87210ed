"""The router at home and the link to it."""

from netcheck.diagnosis.likelihoods.row import Row, row

ROWS: tuple[Row, ...] = (
    row(
        "gateway",
        "answers silent absent",
        {"answers": 0.9, "silent": 0.095},
        {
            "router-dead": {"answers": 0.01, "absent": 0.75},
            "home-link-lossy wifi-weak": {"answers": 0.92, "silent": 0.05},
            "device-firewall": {"answers": 0.6, "silent": 0.37},
        },
        "Some routers answer no probe at all and forward well: silence says little, while a "
        "neighbour lookup without an answer says much.",
    ),
    row(
        "home-loss",
        "none some heavy",
        {"none": 0.975, "some": 0.023},
        {
            "home-link-lossy": {"none": 0.02, "some": 0.28, "heavy": 0.7},
            "wifi-weak": {"none": 0.25, "some": 0.4, "heavy": 0.35},
            "own-traffic": {"none": 0.75, "some": 0.15, "heavy": 0.1},
        },
        "20 probes: one loss is read as none (1 % loss loses two or more in 2 % of runs).",
    ),
)
