"""The places on the way from the device to the carrier, in the order a packet meets them."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a check looks. The order of the members is the order of the drawn path."""

    DEVICE = "device"
    LINK = "link"
    ROUTER = "router"
    ISP = "isp"
    DNS = "dns"
    INTERNET = "internet"
    CARRIER = "carrier"
    WIFI_CALLING = "wifi-calling"
    PHONE = "phone"


class StageState(StrEnum):
    """How a place looks after the run. `unknown` means not measured, never broken."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"
