"""What every reader of a phone or modem offers, whatever it speaks with."""

from enum import StrEnum
from typing import Protocol

from netcheck.model.phone import Phone, Source


class Fact(StrEnum):
    """Names for `Phone.not_measured` and `Phone.not_permitted`. May grow; ids never change."""

    SERVICE = "service"  # voice and data registration
    EMERGENCY_ONLY = "emergency-only"
    NETWORK = "network"  # the serving network's name and PLMN
    SIM = "sim"
    SIM_NETWORK = "sim-network"
    GENERATION = "generation"
    SIGNAL = "signal"
    PACKET_SERVICE = "packet-service"
    BEARER = "bearer"
    REJECT_CAUSE = "reject-cause"
    WIFI_CALLING_TUNNEL = "wifi-calling-tunnel"
    WIFI_CALLING_SWITCH = "wifi-calling-switch"
    AIRPLANE_MODE = "airplane-mode"
    MOBILE_DATA = "mobile-data"
    PRIVATE_DNS = "private-dns"
    TESTS = "tests"  # lookups and connections from the phone itself


class Unread(StrEnum):
    """Why nothing could be read. Each has words; none of them says anything about the network."""

    NO_PROGRAM = "no-program"  # adb, Termux:API or ModemManager is not there
    NO_PHONE = "no-phone"  # nothing on the cable, or no modem in this device
    SEVERAL_PHONES = "several-phones"  # which one was not said
    UNKNOWN_PHONE = "unknown-phone"  # the one that was named is not there
    UNAUTHORIZED = "unauthorized"  # the phone has not been told to trust this computer
    OFFLINE = "offline"  # the phone is seen and does not talk
    NOT_PERMITTED = "not-permitted"  # the system withholds all of it
    TIMEOUT = "timeout"
    NOT_UNDERSTOOD = "not-understood"  # an answer came, and nothing in it is known
    UNSUPPORTED = "unsupported"  # this system offers no way to ask


class CannotRead(Exception):
    """Nothing could be read. Carries no text of the phone's, which may hold identifiers."""

    def __init__(self, why: Unread) -> None:
        super().__init__(why.value)
        self.why = why


class PhoneReader(Protocol):
    """Reads facts. Changes nothing on the phone, and keeps no identifier."""

    @property
    def source(self) -> Source:
        """Whom it asks."""

    @property
    def commands(self) -> tuple[str, ...]:
        """What it is going to ask, in the words of the system asked: shown before it does."""

    def read(self, timeout_s: float) -> Phone:
        """What does the phone say now? What single questions did not answer is named in the
        result; later questions are not asked once the time is spent.

        Raises:
            CannotRead: no question was answered.
        """


class AwaitedPhone(Protocol):
    """A reading under way in a thread of its own: `Situation.phone`."""

    @property
    def source(self) -> Source:
        """Whom it asks."""

    @property
    def timeout_s(self) -> float:
        """The most that reading takes. A check that waits longer learns nothing more."""

    def wait(self, timeout_s: float) -> Phone | Unread | None:
        """What the phone said, or why nothing was read; None: still under way after this time.
        From any thread, any number of times. Raises an error without the phone's words in it if
        netcheck itself failed."""
