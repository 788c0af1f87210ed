"""Names: how a person's spelling, a PLMN and a locale are brought to one form, and the name that
3GPP derives from a PLMN."""

import unicodedata


def key_of(spelling: str) -> str:
    """The form in which names are compared: `AT&T`, `at&t` and `A T T` are all `att`.

    Case, accents, blanks and punctuation are dropped; nothing may be left of a query, and then
    it names nobody.
    """
    plain = unicodedata.normalize("NFKD", spelling.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def plmn_of(query: str) -> str | None:
    """The digits of a PLMN written as `310410`, `310-410`, `310/410` or `310 410`; else None.

    A PLMN is a three-digit MCC and an MNC of two or three digits (ITU-T E.212).
    """
    mcc_first = query.strip()
    digits = "".join(letter for letter in mcc_first if letter not in " -/")
    plain = digits.isascii() and digits.isdigit() and len(digits) in (5, 6)
    return digits if plain and mcc_first[:3].isdigit() else None


def padded(plmn: str) -> str:
    """A PLMN with its MNC padded to three digits, the form of every 3GPP name (TS 23.003, 19.2)."""
    return plmn[:3] + plmn[3:].zfill(3)


def epdg_rule(plmn: str) -> str:
    """The name of an operator's Wi-Fi-calling gateway after the rule (TS 23.003, 19.4.2.9)."""
    mcc, mnc = padded(plmn)[:3], padded(plmn)[3:]
    return f"epdg.epc.mnc{mnc}.mcc{mcc}.pub.3gppnetwork.org"


def country_of_locale(locale: str | None) -> str | None:
    """The country that a locale names (`en_GB.UTF-8` is `GB`); None for `C`, `POSIX` or `de`."""
    territory = (locale or "").partition(".")[0].partition("@")[0].replace("-", "_").split("_")[-1]
    is_country = len(territory) == 2 and territory.isascii() and territory.isupper()
    return territory if is_country else None


def is_emergency_name(host: str) -> bool:
    """Whether a host is a gateway for emergency calls (TS 23.003 19.4.2.9A): one of 3GPP's names
    with the label `sos`."""
    labels = host.casefold().rstrip(".").split(".")
    return (
        "sos" in labels
        and "epdg" in labels[labels.index("sos") :]
        and labels[-2:] == ["3gppnetwork", "org"]
    )
