"""Judging again what was seen before: a saved result under the rules of this netcheck."""

from dataclasses import replace

from netcheck import __version__
from netcheck.agent.concluding import About, conclude
from netcheck.diagnosis import RULES_VERSION
from netcheck.model.result import CarrierChoice, Result


def about(saved: Result) -> About:
    """Whom a saved run was about, as far as the file tells."""
    told = saved.verdict.headline.params
    called, phone = told.get("called"), told.get("phone")
    return About(
        saved.carrier,
        CarrierChoice.by_name(called) if isinstance(called, str) else None,
        phone if isinstance(phone, str) else None,
    )


def replayed(saved: Result) -> Result:
    """The saved run under the rules of this netcheck: its findings, judged anew."""
    come_to = conclude(saved.findings, about(saved))
    return replace(
        saved,
        netcheck_version=__version__,
        rules_version=RULES_VERSION,
        verdict=come_to.verdict,
        wifi_calling=come_to.wifi_calling,
        stages=come_to.stages,
    )
