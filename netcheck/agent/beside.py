"""Reading a phone or modem beside a run: begun once the first packets are out, and never waited
for by what does not ask for it. Most devices have neither, so nothing is loaded before one is in
sight."""

from typing import TYPE_CHECKING

from netcheck.model.device import Device, LinkKind
from netcheck.phone.sight import modem_in_sight

if TYPE_CHECKING:
    from netcheck.model.phone import Source
    from netcheck.phone.reading import Reading


def reading(source: "Source | None", device: Device) -> "Reading | None":
    """What is read in this run: the phone that somebody asked for, else a modem inside this
    device. None: neither. It is not started yet. In a run a phone is asked to try nothing itself:
    on a dead network that would take it longer than all else."""
    cellular = any(one.kind is LinkKind.CELLULAR for one in device.interfaces)
    if source is None and not cellular and not modem_in_sight():
        return None
    from netcheck.phone.choosing import READING_S, own_modem, reader
    from netcheck.phone.reading import Reading

    chosen = source or own_modem(device.system, cellular=cellular)
    if chosen is None:
        return None
    return Reading(chosen, lambda: reader(chosen), READING_S[chosen])
