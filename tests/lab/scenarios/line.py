"""The line under load: quick with a short queue, slow with a deep one, at either end."""

from tests.lab.acts_lines import has_a_line, has_a_slow_link
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import home

DEEP = ("--carrier", "att", "--deep")
BLOATED = verdict(side="local", fault="bufferbloat", calling_ready=True)

SCENARIOS = (
    Scenario(
        "a line with short queues is filled, and stays quick",
        given=home(router=has_a_line(up_mbps=4, down_mbps=12)),
        then=verdict(side="none", fault="all-well", calling_ready=True),
        args=DEEP,
        rival="the queue at the home's uplink is deep",
    ),
    Scenario(
        "the queue at the home's uplink is deep",
        given=home(router=has_a_line(up_mbps=4, down_mbps=12, queue_up_ms=1200)),
        then=BLOATED,
        args=DEEP,
        rival="a line with short queues is filled, and stays quick",
    ),
    Scenario(
        "the queues at both ends of the line are deep",
        given=home(router=has_a_line(up_mbps=3, down_mbps=4, queue_up_ms=800, queue_down_ms=800)),
        then=BLOATED,
        args=DEEP,
    ),
    Scenario(
        "the link to the router is slow and its queue is deep",
        given=home(device=has_a_slow_link(mbps=8, queue_ms=800)),
        then=BLOATED,
        args=DEEP,
    ),
)
