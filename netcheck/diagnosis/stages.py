"""How each place on the path looks, from the findings alone: what the drawn path shows."""

from collections.abc import Iterable

from netcheck.diagnosis.explaining import as_symptom
from netcheck.model.finding import Finding, Parameter
from netcheck.model.result import StageView
from netcheck.model.stage import Stage, StageState

_PLACES: dict[Stage, tuple[str, str, str]] = {
    # stage: findings that show it ok, degraded, down
    Stage.DEVICE: (
        "interface.up address.assigned clock.right",
        "clock.wrong address-conflict.found lease.ending lease.expired"
        " sending.calling-forbidden sending.some-forbidden mtu.small proxy.dead"
        " proxy.leads-nowhere hosts-file.overrides",
        "interface.down interface.none address.missing address.link-local sending.forbidden",
    ),
    Stage.LINK: (
        "link.connected",
        "link-errors.new"
        " signal.weak wifi-air.retried wifi-air.crowded wifi-air.failing wifi-hold.dropped"
        " wifi-hold.thrown-off wifi-hold.wandering",
        "link.no-carrier link.not-associated",
    ),
    Stage.ROUTER: (
        "gateway.answers",
        "dhcp-servers.conflicting"
        " full-line.slow-up full-line.slow-down full-line.slow-both full-line.slow-at-home"
        " mapping.too-short-at-router"
        " home-loss.some home-loss.heavy large-packets.stop-at-router ike-stops.at-router"
        " udp.silent-at-router unknown-names.rewritten",
        "gateway.absent gateway.silent portal.present portal-api.captive",
    ),
    Stage.ISP: (
        "beyond-gateway.answers",
        "mapping.too-short-beyond ipv6.ends-beyond ipv6.ends-unseen ipv6.slow"
        " large-packets.stop-beyond large-packets.stop-unseen ike-stops.at-provider"
        " udp.silent-beyond udp.silent-unseen",
        "beyond-gateway.silent translator.silent",
    ),
    Stage.DNS: (
        "system-resolver.answers nameserver.answers",
        "unknown-names.rewritten unknown-names.rewritten-everywhere own-zone.filtered"
        " search-domain.diverts control-zone.filtered dns-pace.slow-at-home"
        " dns-pace.slow-beyond dns-pace.slow-unseen",
        "stub.fails encrypted-dns.blocked encrypted-dns.untrusted signed-names.refused"
        " system-resolver.silent system-resolver.fails nameserver.silent-at-home"
        " nameserver.silent-beyond nameserver.forwards-nothing nameserver.fails",
    ),
    Stage.INTERNET: (
        "anchors.answer anchors.one-dead",
        "anchors.several-dead anchors.untrusted anchors.wrong-time internet-loss.some"
        " internet-loss.heavy",
        "anchors.silent anchors.unresolved anchors.refused anchors.stall",
    ),
    Stage.CARRIER: (
        "own-zone.resolves phone-service.home phone-service.roaming",
        "own-zone.filtered own-names.fail entitlement.silent entitlement.untrusted"
        " phone-data.detached symptom.data-only symptom.calls-fail symptom.texts-fail",
        "own-zone.fails own-zone.silent symptom.sos symptom.no-service phone-service.searching"
        " phone-service.denied phone-service.emergency-only phone-service.none phone-service.off",
    ),
    Stage.WIFI_CALLING: (
        "own-epdg.answers",
        "own-epdg-pace.laboured large-ike.stop-at-router large-ike.stop-beyond"
        " large-ike.stop-unseen own-redirect.silent voice.poor",
        "own-epdg.silent own-epdg.rejected own-epdg.not-ike",
    ),
}

_STATE_OF = {
    finding: (stage, state)
    for stage, columns in _PLACES.items()
    for state, column in zip(
        (StageState.OK, StageState.DEGRADED, StageState.DOWN), columns, strict=True
    )
    for finding in column.split()
}

_BADNESS = {state: rank for rank, state in enumerate((StageState.OK, StageState.DEGRADED))}


def stage_views(findings: Iterable[Finding]) -> tuple[StageView, ...]:
    """Every place in order, with the worst state that a finding shows; unknown where none does."""
    states: dict[Stage, StageState] = {}
    params: dict[Stage, dict[str, Parameter]] = {}
    for finding in findings:
        stage, state = _STATE_OF.get(finding.id, (None, None))
        if stage is None or state is None:
            continue
        states[stage] = max(states.get(stage, StageState.OK), state, key=_badness)
        told = {k: v for k, v in finding.params.items() if k in ("delay_ms", "signal_dbm", "kind")}
        params.setdefault(stage, {}).update(told)
        if finding.thing in ("symptom", "phone-service") and state == StageState.DOWN:
            params[stage].setdefault("symptom", as_symptom(finding))
    return tuple(
        StageView(stage, states.get(stage, StageState.UNKNOWN), params.get(stage, {}))
        for stage in _PLACES
    )


def _badness(state: StageState) -> int:
    return _BADNESS.get(state, 2)
