"""The settings of the status feed: where it lies, whose word it is, whose country it is of."""

import base64
import binascii
import re
from typing import TYPE_CHECKING

from netcheck.catalog import CatalogError
from netcheck.catalog.shape import texts_of

if TYPE_CHECKING:
    from netcheck.agent.configuration import Configuration
    from netcheck.crowd.hearing import Feed
    from netcheck.model.carrier import Carrier

CROWD_KEYS = ("url", "root", "country", "region", "dns")
_ROOT_BYTES = 32
_URL = re.compile(r"https://[A-Za-z0-9.-]+(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~/-]*)?")
_DOMAIN = re.compile(r"([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_LONGEST_DOMAIN = 200


def check_crowd(path: str, crowd: object) -> None:
    """Refuses what does not fit. Raises CatalogError with the path of the key."""
    for where, key, text in texts_of(path, crowd, CROWD_KEYS):
        if key == "url" and not _URL.fullmatch(text):
            reason = f"is the https:// address of a folder, without ? and #, not {text!r}"
            raise CatalogError(where, reason)
        if key == "root" and root_key(text) is None:
            raise CatalogError(where, "is a key of 32 bytes, in base64")
        if key == "country" and not re.fullmatch("[A-Z]{2}", text):
            raise CatalogError(where, f"is two capital letters, not {text!r}")
        if key == "region" and not re.fullmatch("[A-Z]{2}-[A-Z0-9]{1,3}", text):
            raise CatalogError(where, f"is a region such as US-TX, not {text!r}")
        if key == "dns" and not (_DOMAIN.fullmatch(text) and len(text) <= _LONGEST_DOMAIN):
            raise CatalogError(where, f"is a domain name in small letters, not {text!r}")


def root_key(text: str) -> bytes | None:
    """The key behind the setting `crowd.root`; None where it is none."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == _ROOT_BYTES else None


def feed_of(chosen: "Configuration", own: "Carrier | None") -> "Feed | None":
    """The feed that a run may ask: of the country that is set for it, else its region's, else this
    device's, else the carrier's. None where no feed is set, nobody vouches for it, or no country
    is known."""
    from netcheck.crowd.hearing import Feed

    crowd = chosen.crowd
    root = root_key(crowd.get("root", ""))
    region = crowd.get("region", "")
    country = crowd.get("country") or region[:2] or chosen.country or (own.country if own else None)
    if root is None or country is None or not ("url" in crowd or "dns" in crowd):
        return None
    return Feed(root, country, crowd.get("url"), crowd.get("dns"), region)
