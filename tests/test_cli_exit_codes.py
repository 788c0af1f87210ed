from dataclasses import replace

import pytest

from netcheck.cli.exit_codes import of_result
from netcheck.model.verdict import Severity, Side
from tests.render_samples import SOS


def result(side, severity):
    return replace(SOS, verdict=replace(SOS.verdict, side=side, severity=severity))


@pytest.mark.parametrize(
    ("side", "severity", "always", "only_when_down"),
    [
        (Side.NONE, Severity.OK, 0, 0),
        (Side.LOCAL, Severity.DEGRADED, 10, 0),
        (Side.ISP, Severity.DOWN, 11, 11),
        (Side.CARRIER, Severity.DOWN, 12, 12),
        (Side.REMOTE, Severity.DEGRADED, 13, 0),
        (Side.INCONCLUSIVE, Severity.DEGRADED, 14, 14),
    ],
)
def test_nothing_measured_is_never_nothing_wrong(side, severity, always, only_when_down):
    assert of_result(result(side, severity)) == always
    assert of_result(result(side, severity), fail_on="down") == only_when_down
