"""What a phone or a modem says of itself. None: not measured, never "no".

No identifier has a place here: no IMEI, IMSI, ICCID, phone number, cell or area code, serial
number or Android id. Readers drop them before they build these objects.
"""

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Who said it."""

    MODEM = "modem"  # the modem inside this device, by ModemManager
    ADB = "adb"  # an Android phone on a cable
    TERMUX = "termux"  # the phone that netcheck runs on, by Termux:API
    WINDOWS = "windows"  # the modem inside this device, by Windows' mobile broadband


class ServiceState(StrEnum):
    """Where a SIM stands with its network (3GPP TS 24.008 4.1, TS 23.122)."""

    HOME = "home"
    ROAMING = "roaming"
    SEARCHING = "searching"
    DENIED = "denied"  # the network answered and said no
    EMERGENCY_ONLY = "emergency-only"  # a network is heard, and serves emergency calls at most
    OUT_OF_SERVICE = "out-of-service"
    RADIO_OFF = "radio-off"

    @property
    def in_service(self) -> bool:
        """Whether the network serves this SIM as usual."""
        return self in (ServiceState.HOME, ServiceState.ROAMING)


class SimState(StrEnum):
    """What the slot says of the card in it."""

    READY = "ready"
    ABSENT = "absent"
    LOCKED = "locked"  # waits for a PIN or PUK, or is tied to another network
    FAULTY = "faulty"
    NO_PROFILE = "no-profile"  # an eSIM without a subscription on it


class Generation(StrEnum):
    """The radio technology in use, by generation. 5G on a 4G anchor counts as 4G."""

    TWO = "2g"
    THREE = "3g"
    FOUR = "4g"
    FIVE = "5g"


class SignalLevel(StrEnum):
    """Bars, from none to four (Android's SignalStrength.getLevel; 27.007 AT+CSQ for modems)."""

    NONE = "none"
    POOR = "poor"
    MODERATE = "moderate"
    GOOD = "good"
    GREAT = "great"


class PrivateDns(StrEnum):
    """Android's setting for encrypted DNS. The name of a chosen server is not kept."""

    OFF = "off"
    AUTOMATIC = "automatic"
    CHOSEN = "chosen"  # only by a server that somebody chose: if that is silent, nothing resolves


class PhoneTestKind(StrEnum):
    """What a phone was asked to try by itself."""

    LOOKUP = "lookup"  # does the name have an address?
    PING = "ping"  # does the host answer an echo?
    CONNECT = "connect"  # does the host take a TCP connection?


@dataclass(frozen=True, slots=True)
class PhoneTest:
    """One try from the phone itself, by the way its traffic leaves now (Wi-Fi where it has it).

    `passed` None: the phone's shell has no program for it, or gave no clear answer. A ping that
    is not answered proves little: many hosts and networks drop pings.
    """

    kind: PhoneTestKind
    host: str
    port: int | None
    passed: bool | None


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """One SIM slot and what the network makes of it.

    `slot` counts from 1, as people do. `voice` and `data` are the circuit-switched and the
    packet-switched registration over the mobile radio, never that over Wi-Fi. PLMNs are the
    digits of MCC and MNC, as the catalogue's `by_plmn` takes them: `network_*` is the network that
    serves now, `sim_*` the SIM's own. `reject_cause` is the number with which the network refused
    (3GPP TS 24.008 10.5.3.6 and 10.5.5.14, TS 24.301 9.9.3.9, TS 24.501 9.11.3.2). A line that
    was denied may serve emergencies too: `emergency_only` says so, and the states say `denied`.
    `preferred`: the SIM this phone uses unless told otherwise.
    """

    slot: int | None = None
    sim: SimState | None = None
    voice: ServiceState | None = None
    data: ServiceState | None = None
    network_name: str | None = None
    network_plmn: str | None = None
    sim_name: str | None = None
    sim_plmn: str | None = None
    generation: Generation | None = None
    signal_level: SignalLevel | None = None
    signal_dbm: int | None = None  # of the serving cell's reference signal; scales differ by system
    packet_attached: bool | None = None
    bearer_connected: bool | None = None
    roaming: bool | None = None
    reject_cause: int | None = None
    emergency_only: bool | None = None  # a network would take emergency calls, and no others
    wifi_calling_tunnel: bool | None = None  # registered over IWLAN: the ePDG tunnel is up
    wifi_calling_enabled: bool | None = None  # the switch in the phone's settings
    modem_failed: bool | None = None  # the modem says of itself that it does not work
    preferred: bool | None = None


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone or modem at one moment.

    `lines` is empty where the phone has no SIM slot that it speaks of. `unknown` counts the
    values that the phone gave and no reader understood: a new system, or a vendor's own words.
    `not_permitted` and `not_measured` name facts (`netcheck.phone.contract.Fact`).
    """

    source: Source
    lines: tuple[PhoneLine, ...] = ()
    airplane_mode: bool | None = None
    mobile_data_on: bool | None = None
    wifi_on: bool | None = None
    private_dns: PrivateDns | None = None
    tests: tuple[PhoneTest, ...] = ()
    not_permitted: tuple[str, ...] = ()
    not_measured: tuple[str, ...] = ()
    unknown: int = 0

    @property
    def line(self) -> PhoneLine | None:
        """The line to judge where one must do: the preferred one, else the first with a SIM."""
        ready = [line for line in self.lines if line.sim not in (SimState.ABSENT, None)]
        chosen = [line for line in self.lines if line.preferred]
        return next(iter([*chosen, *ready, *self.lines]), None)
