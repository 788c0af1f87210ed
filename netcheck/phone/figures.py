"""Values that several readers are given in the same words: names, numbers, radio technologies."""

import re

from netcheck.model.phone import Generation, SignalLevel

_LEVELS = tuple(SignalLevel)
_GENERATIONS = {
    Generation.TWO: "gsm gprs edge cdma 1xrtt iden cdmais95a cdmais95b cdma1xrtt",
    Generation.THREE: (
        "umts wcdma hsdpa hsupa hspa hspap hspa+ tdscdma td_scdma evdo0 evdoa evdob evdorev0 "
        "evdoreva evdorevb ehrpd cdmaevdorev0 cdmaevdoreva cdmaevdorevb cdmaehrpd"
    ),
    Generation.FOUR: "lte lteca lte_ca",
    Generation.FIVE: "nr nrsa nr_sa 5g",
}
_BY_NAME = {name: one for one, names in _GENERATIONS.items() for name in names.split()}
_PLMN = re.compile(r"[0-9]{5,6}")
_MOST_DIGITS = 5  # of a name, such as "3" or a network's MCC and MNC shown for want of one
_LONGEST_NAME = 40


def plmn(text: str | None) -> str | None:
    """The digits of MCC and MNC (ITU-T E.212), or None."""
    told = (text or "").strip()
    return told if _PLMN.fullmatch(told) and told.strip("0") else None


def operator_name(text: str | None) -> str | None:
    """A network's name as a phone shows it. One that holds a long number is nobody's name: a few
    phones show their own number there."""
    told = " ".join((text or "").split())
    if told.lower() in ("", "null", "unknown") or len(told) > _LONGEST_NAME:
        return None
    digits = sum(character.isdigit() for character in told)  # however they are set apart
    return told if told.isprintable() and digits <= _MOST_DIGITS else None


def generation(technology: str | None) -> Generation | None:
    """By the names of android.telephony's TelephonyManager and ServiceState, Termux:API's too."""
    plain = re.sub(r"[^a-z0-9_+]", "", (technology or "").lower())
    return _BY_NAME.get(plain)


def level(bars: int | None) -> SignalLevel | None:
    """Nought to four bars."""
    return _LEVELS[bars] if bars is not None and 0 <= bars < len(_LEVELS) else None


def dbm(value: int | None) -> int | None:
    """A plausible power; a scale's top or 2147483647 says that there is none."""
    return value if value is not None and -150 <= value < 0 else None


def whole(text: str | None) -> int | None:
    """A whole number as it stands, however it is signed."""
    told = (text or "").strip()
    return int(told) if re.fullmatch(r"-?[0-9]{1,10}", told) else None


def yes_or_no(text: str | None) -> bool | None:
    """`1` and `true`, `0` and `false`."""
    return {"1": True, "true": True, "0": False, "false": False}.get((text or "").strip().lower())
