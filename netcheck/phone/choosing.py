"""Which reader there is for a source, and which source is read unasked."""

from collections.abc import Sequence

from netcheck.model.phone import Phone, Source
from netcheck.phone.contract import CannotRead, PhoneReader, Unread
from netcheck.phone.sight import modem_in_sight

READING_S = {Source.MODEM: 1.5, Source.WINDOWS: 3.0, Source.ADB: 4.0, Source.TERMUX: 4.0}
"""How long a reading may take within a run. A person who asks for a phone alone waits longer."""


def reader(source: Source, *, hosts: Sequence[str] = (), serial: str | None = None) -> PhoneReader:
    """The reader of that source. `hosts` are what a phone on a cable is asked to try itself;
    `serial` names one of several phones."""
    match source:
        case Source.ADB:
            from netcheck.phone.adb import AdbReader

            return AdbReader(serial=serial, hosts=hosts)
        case Source.TERMUX:
            from netcheck.phone.termux import TermuxReader

            return TermuxReader()
        case Source.WINDOWS:
            from netcheck.phone.windows import WindowsReader

            return WindowsReader()
        case Source.MODEM:
            try:
                from netcheck.phone.modem_manager import ModemManagerReader
            except ImportError:  # no jeepney: a Linux whose Python came without it
                return _NoWayToAsk()
            return ModemManagerReader()


class _NoWayToAsk:
    """See PhoneReader. A modem is there, and netcheck has nothing to ask it with."""

    source = Source.MODEM
    commands: tuple[str, ...] = ()

    def read(self, timeout_s: float) -> Phone:
        """See PhoneReader."""
        raise CannotRead(Unread.UNSUPPORTED)


def own_modem(system: str, *, cellular: bool) -> Source | None:
    """Who can tell of a modem inside this device, where one is in sight: reading it asks nothing
    of anybody. `cellular` says whether this device has such an interface. macOS has no such API.
    """
    if system == "windows" and cellular:
        return Source.WINDOWS
    return Source.MODEM if system == "linux" and (cellular or modem_in_sight()) else None
