"""What a person answered once and need not be asked again. Never written into their own file."""

from dataclasses import dataclass

from netcheck.store.paths import state_dir
from netcheck.store.write import read_whole, write_whole

FILE = "choices.json"


@dataclass(frozen=True, slots=True)
class CarrierAnswer:
    """What was said to "which carrier?": the words that find it in the catalogue (a brand, so
    that Mint stays Mint), or None when the person skipped the question."""

    carrier: str | None


def keep_carrier(answer: CarrierAnswer) -> None:
    """Keeps the answer in place of the one before.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    import json

    write_whole(state_dir() / FILE, json.dumps({"carrier": answer.carrier}) + "\n")


def forget_carrier() -> None:
    """Drops the answer: the question may come again.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    write_whole(state_dir() / FILE, "{}\n")


def kept_carrier() -> CarrierAnswer | None:
    """The kept answer; None when nobody has been asked, or the file holds something else.

    Raises:
        StoreUnavailable: it may not be read.
    """
    import json

    text = read_whole(state_dir() / FILE)
    try:
        kept = json.loads(text or "")
    except ValueError:
        return None
    if not isinstance(kept, dict) or "carrier" not in kept:
        return None
    carrier = kept["carrier"]
    return CarrierAnswer(carrier) if carrier is None or isinstance(carrier, str) else None
