"""What a way to the web that leads by a proxy alone means for the checks that go without one."""

from netcheck.checks.contract import Situation

BY_PROXY = "proxy-leads-out"


def web_leads_by_proxy(situation: Situation) -> bool:
    """Whether sites that this network keeps from a device directly open through the proxy it is
    told to use: then its programs reach the web, and a closed direct way is the network's rule."""
    return bool(situation.seen.ok(BY_PROXY))
