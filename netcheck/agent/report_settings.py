"""The settings of anonymized reports: where they go, sealed to whom, and what a policy rules."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from netcheck.catalog import CatalogError
from netcheck.catalog.shape import texts_of

if TYPE_CHECKING:
    from netcheck.wire.ohttp import KeyConfig

REPORT_KEYS = ("collector", "relay", "key", "consent", "timestamp")
CONSENT = ("off", "preview", "managed")  # what a policy may rule


def check_report(path: str, report: object) -> None:
    """Refuses what does not fit. Raises CatalogError with the path of the key."""
    for where, key, text in texts_of(path, report, REPORT_KEYS):
        if key in ("collector", "relay", "timestamp") and not _is_https(text):
            raise CatalogError(where, f"is an https:// address, not {text!r}")
        if key == "key" and gateway_key(text) is None:
            reason = "is a key configuration of RFC 9458, in base64"
            raise CatalogError(where, reason)
        if key == "consent" and text not in CONSENT:
            raise CatalogError(where, f"is one of {', '.join(CONSENT)}, not {text!r}")


def gateway_key(text: str) -> "KeyConfig | None":
    """The gateway's key behind the setting `report.key`; None where it is none."""
    import base64
    import binascii

    from netcheck.wire.ohttp import decode_key_config, decode_key_configs

    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decode_key_config(raw) or next(iter(decode_key_configs(raw)), None)


def _is_https(text: str) -> bool:
    try:
        parts = urlsplit(text)
        usable = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and " " not in text
    return usable and parts.username is None and not parts.fragment and plain
