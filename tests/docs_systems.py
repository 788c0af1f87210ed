"""The page of what can be read on which system, made from what the readers say of themselves."""

from netcheck.device.contract import Fact
from netcheck.device.systems import SYSTEMS, Telling, Tried, facts_of
from netcheck.text import words

_SIGNS = {
    Telling.MEASURED: "yes",
    Telling.MEASURED_IF_PERMITTED: "if permitted",
    Telling.NOT_PERMITTED: "not permitted",
    Telling.NOT_AVAILABLE: "not available",
}
_TRIED = {
    Tried.REAL_WIRED_AND_SIMULATED_WIFI: (
        "in part: in a virtual machine, on a wired container host, in network namespaces and on"
        " simulated Wi-Fi (mac80211_hwsim); never on a real Wi-Fi card"
    ),
    Tried.ON_LINUX: "no: only on Linux, with what Linux alone offers taken away",
    Tried.STAND_INS: (
        "no: only against bytes and objects laid out as the system's documentation says"
    ),
}


def systems_page() -> str:
    """Every system by every fact, and what each reader was tried on."""
    tables = [facts_of(system) for system in SYSTEMS]
    lines = [
        "# What netcheck can read on which system",
        "",
        "Made from the code by `python -m tests.docs`; `netcheck doctor` tells it of your machine.",
        "Reading it sends nothing. A fact that is missing is named in the result and never counts",
        "as a no.",
        "",
        "| fact | " + " | ".join(system.name for system in SYSTEMS) + " |",
        "|---|" + "---|" * len(SYSTEMS),
    ]
    for fact in Fact:
        signs = " | ".join(_SIGNS[table[fact]] for table in tables)
        lines.append(f"| {words().say(f'doctor.fact.{fact}')} | {signs} |")
    lines += [
        "",
        "*if permitted*: a setting of yours may withhold it, the one for the location.",
        "*not permitted*: the system tells no ordinary program.",
        "",
        "## Run on real hardware?",
        "",
        "| system | run on real hardware |",
        "|---|---|",
    ]
    lines += [f"| {system.name} | {_TRIED[system.tried]} |" for system in SYSTEMS]
    lines += [
        "",
        "Inside Windows' own Linux (WSL) netcheck sees Linux: the Wi-Fi, the cable, the VPN and",
        "the name servers of Windows lie outside its view. Run it in Windows instead.",
    ]
    return "\n".join(lines) + "\n"
