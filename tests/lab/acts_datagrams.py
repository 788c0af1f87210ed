"""What can happen to UDP and to fragments on their way."""

from tests.lab.acts import _matching
from tests.lab.words import Act


def passes_udp_only_to(*ports: int) -> Act:
    """UDP to and from these ports passes, all other UDP vanishes."""
    allowed = ", ".join(map(str, ports))
    rule = f"meta l4proto udp udp dport != {{ {allowed} }} udp sport != {{ {allowed} }} drop"
    return _matching(rule, udp=(), tcp=())
