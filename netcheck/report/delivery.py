"""Where a report goes, and what came of a try to bring it there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netcheck.wire.ohttp import KeyConfig


class Came(StrEnum):
    """What came of a try. Only `accepted` and `refused` are final."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # the collector will never take it
    BUSY = "busy"  # it asks to come later, or has trouble of its own
    NO_WAY = "no-way"  # no connection: no network, no such name, nobody there
    TIMEOUT = "timeout"
    UNTRUSTED = "untrusted"  # its certificate does not verify
    NO_TRUST = "no-trust"  # this device has no certificates to verify with
    REDIRECTED = "redirected"  # it sends elsewhere, which is not followed
    NOT_OBLIVIOUS = "not-oblivious"  # the relay's answer is not sealed by the gateway
    NO_RELAY = "no-relay"  # a gateway's key is set, and no relay
    NO_KEY = "no-key"  # the other way round, or a key of a kind not spoken here
    NO_SEAL = "no-seal"  # the extra [secure] is not installed
    NO_COLLECTOR = "no-collector"

    @property
    def is_final(self) -> bool:
        """Whether there is nothing left to try."""
        return self in (Came.ACCEPTED, Came.REFUSED)


@dataclass(frozen=True, slots=True)
class Way:
    """Where a report goes. With a relay or a key it goes obliviously or not at all."""

    collector: str | None = None
    relay: str | None = None
    key: "KeyConfig | None" = None

    @property
    def oblivious(self) -> bool:
        """Whether nobody may see both who sends and what."""
        return self.relay is not None or self.key is not None

    @property
    def first_stop(self) -> str | None:
        """Whom this device contacts."""
        return self.relay if self.oblivious else self.collector


@dataclass(frozen=True, slots=True)
class Answer:
    """`after_s`: how long the other side asked to wait."""

    came: Came
    after_s: float | None = None
