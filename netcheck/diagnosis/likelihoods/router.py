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
        "home-loss",
        "none some heavy",
        {"none": 0.985, "some": 0.013},
        {
            "home-link-lossy": {"none": 0.04, "some": 0.34, "heavy": 0.62},
            "wifi-weak": {"none": 0.25, "some": 0.4, "heavy": 0.35},
            "wifi-interference wifi-unsteady": {"none": 0.4, "some": 0.33, "heavy": 0.27},
            "own-traffic": {"none": 0.75, "some": 0.15, "heavy": 0.1},
        },
        "20 probes, and 20 more where the first lost one to three: at 1 % loss three or more of "
        "40 are lost in 1 % of runs. A line that loses a few percent is often missed.",
    ),
)
