"""The pages made from the code's own tables: `python -m tests.docs` writes them anew."""

from pathlib import Path

from netcheck.checks import ALL
from netcheck.device.contract import Fact
from netcheck.device.systems import SYSTEMS, Telling, Tried, facts_of
from netcheck.model.stage import Stage
from netcheck.text import words

DOCS = Path(__file__).parent.parent / "docs"


def checks_page() -> str:
    """Every check, stage by stage, as `netcheck checks` lists them."""
    lines = [
        "# The checks",
        "",
        "Made from the code by `python -m tests.docs`; `netcheck checks` prints the same.",
        "A check marked *deep* runs with `--deep` or `--stage`. Packets are the most that one",
        "target costs.",
    ]
    for stage in Stage:
        specs = [check.spec for check in ALL if check.spec.stage == stage]
        if not specs:
            continue
        lines += ["", f"## {stage.value}", "", "| check | question | control | packets |"]
        lines += ["|---|---|---|---|"]
        for spec in specs:
            name = f"`{spec.id}`" + (" *deep*" if spec.deep else "")
            lines.append(f"| {name} | {spec.question} | {spec.control} | {spec.packets} |")
    return "\n".join(lines) + "\n"


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
        "*if permitted*: a setting of yours may withhold it (macOS and Android tie it to the",
        "permission for the location). *not permitted*: the system tells no ordinary program.",
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


PAGES = {"checks.md": checks_page, "systems.md": systems_page}


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (DOCS / name).write_text(page())
