"""From the answers of an Android phone's shell to one Phone. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace

from netcheck.model.phone import Phone, PhoneLine, PrivateDns, SimState, Source
from netcheck.phone import figures, registry
from netcheck.phone.contract import Fact
from netcheck.phone.lacking import lacking

PROPERTIES = (
    "gsm.sim.state",
    "gsm.operator.numeric",
    "gsm.operator.alpha",
    "gsm.sim.operator.numeric",
    "gsm.sim.operator.alpha",
)
"""Read by name: the whole list of properties holds serial numbers."""

SETTINGS = (
    "airplane_mode_on",
    "mobile_data",
    "wifi_on",
    "wfc_ims_enabled",
    "private_dns_mode",
)
_SIM_STATES = {  # IccCardConstants.State and TelephonyManager.SIM_STATE_*
    "READY": SimState.READY,
    "LOADED": SimState.READY,
    "PRESENT": SimState.READY,
    "IMSI": SimState.READY,
    "ABSENT": SimState.ABSENT,
    "PIN_REQUIRED": SimState.LOCKED,
    "PUK_REQUIRED": SimState.LOCKED,
    "NETWORK_LOCKED": SimState.LOCKED,
    "PERSO_LOCKED": SimState.LOCKED,
    "LOCKED": SimState.LOCKED,
    "PERM_DISABLED": SimState.FAULTY,
    "CARD_IO_ERROR": SimState.FAULTY,
    "CARD_RESTRICTED": SimState.FAULTY,
    "NOT_READY": None,  # also what a slot says in airplane mode
    "UNKNOWN": None,
    "": None,
}
_PRIVATE_DNS = {  # Settings.Global.PRIVATE_DNS_MODE
    "off": PrivateDns.OFF,
    "opportunistic": PrivateDns.AUTOMATIC,
    "hostname": PrivateDns.CHOSEN,
}
_SWITCH = re.compile(r"sim_id=(\d+), wfc_ims_enabled=(-?\d+)")
_REFUSED = re.compile(r"SecurityException|Error while accessing|denied", re.IGNORECASE)


def sim_state(word: str) -> tuple[SimState | None, bool]:
    """What the word means, and whether anybody here knows it."""
    key = word.strip().upper()
    return _SIM_STATES.get(key), key in _SIM_STATES


def phone(
    dump: str | None,
    properties: Mapping[str, str] | None,
    settings: Mapping[str, str] | None,
    switches: str | None,
) -> Phone | None:
    """One phone; None where nothing of it is known. An argument that is None was not answered."""
    read = registry.parse(dump or "")
    told = properties or {}
    said = settings or {}
    by_slot = dict(_SWITCH.findall(switches or ""))
    words = told["gsm.sim.state"].split(",") if "gsm.sim.state" in told else []
    unknown = read.unknown + sum(not sim_state(word)[1] for word in words)
    count = max(len(read.slots), len(words))
    lines = []
    for index in range(min(count, 8)):
        line = read.slots[index].line if index < len(read.slots) else PhoneLine(slot=index + 1)
        line = _with_properties(line, told, index, count)
        lines.append(replace(line, wifi_calling_enabled=_switch(by_slot.get(str(index)), said)))
    private_dns = said.get("private_dns_mode")
    unknown += private_dns is not None and private_dns not in _PRIVATE_DNS
    if not lines and not said:
        return None
    found = Phone(
        source=Source.ADB,
        lines=tuple(lines),
        airplane_mode=figures.yes_or_no(said.get("airplane_mode_on")),
        mobile_data_on=_mobile_data(said, [slot.data_switch for slot in read.slots]),
        wifi_on=_wifi(said.get("wifi_on")),
        private_dns=_PRIVATE_DNS.get(private_dns or ""),
        unknown=unknown,
    )
    denied: tuple[Fact, ...] = (Fact.SERVICE,) if read.denied else ()
    if switches is not None and not by_slot and _REFUSED.search(switches):
        denied += (Fact.WIFI_CALLING_SWITCH,) if "wfc_ims_enabled" not in said else ()
    return replace(found, not_permitted=denied, not_measured=lacking(found, but=denied))


def _with_properties(line: PhoneLine, told: Mapping[str, str], index: int, count: int) -> PhoneLine:
    """Properties hold one value a slot, with commas between. A name with a comma in it would
    shift them, so lists of another length are not read."""

    def of(name: str) -> str | None:
        values = told.get(name, "").split(",")
        return values[index] if len(values) == count else None

    state, _ = sim_state(of("gsm.sim.state") or "")
    served = any(one is not None and one.in_service for one in (line.voice, line.data))
    unsure = line.voice is None and line.data is None
    network = figures.plmn(of("gsm.operator.numeric")) if served or unsure else None
    name = figures.operator_name(of("gsm.operator.alpha")) if served or unsure else None
    return replace(
        line,
        sim=state,
        network_plmn=line.network_plmn or network,
        network_name=line.network_name or name,
        sim_plmn=figures.plmn(of("gsm.sim.operator.numeric")),
        sim_name=figures.operator_name(of("gsm.sim.operator.alpha")),
    )


def _switch(of_slot: str | None, said: Mapping[str, str]) -> bool | None:
    """The slot's own switch; Android 8 and older have one for the whole phone."""
    own = figures.yes_or_no(of_slot)
    return own if own is not None else figures.yes_or_no(said.get("wfc_ims_enabled"))


def _mobile_data(said: Mapping[str, str], told: list[bool | None]) -> bool | None:
    """The switch of the SIM that is chosen for data, else the phone's. The registry's word counts
    where it says yes, or where there is no other: it says no until it was told once."""
    for name in ("mobile_data_of_sim", "mobile_data"):
        value = figures.yes_or_no(said.get(name))
        if value is not None:
            return value or True in told
    if True in told:
        return True
    return False if told and None not in told else None


def _wifi(value: str | None) -> bool | None:
    """Settings.Global.WIFI_ON: 2 is on in airplane mode, 3 is switched off by airplane mode."""
    return {"0": False, "1": True, "2": True, "3": False}.get(value or "")
