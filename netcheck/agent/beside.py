"""Reading a phone or modem beside a run: begun once the first packets are out, and never waited
for by what does not ask for it. Most devices have neither, so nothing is loaded before one is in
sight."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netcheck.model.device import Device, LinkKind
from netcheck.phone.sight import modem_in_sight

if TYPE_CHECKING:
    from netcheck.model.phone import Source
    from netcheck.phone.reading import Reading

_HOSTS_ASKED = 1  # by the phone itself: a dead one costs it some seconds of a run's few


def reading(source: "Source | None", device: Device, hosts: Sequence[str]) -> "Reading | None":
    """What is read in this run: the phone that somebody asked for, else a modem inside this
    device. None: neither. It is not started yet."""
    cellular = any(one.kind is LinkKind.CELLULAR for one in device.interfaces)
    if source is None and not cellular and not modem_in_sight():
        return None
    from netcheck.phone.choosing import READING_S, own_modem, reader
    from netcheck.phone.reading import Reading

    chosen = source or own_modem(device.system, cellular=cellular)
    if chosen is None:
        return None
    asked = tuple(hosts[:_HOSTS_ASKED])
    return Reading(chosen, lambda: reader(chosen, hosts=asked), READING_S[chosen])
