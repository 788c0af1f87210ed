"""What is an interface made of? From what the kernel says, else from its name."""

from netcheck.model.device import LinkKind

# IFLA_INFO_KIND, the name of the driver of a virtual link (ip-link(8), "type").
# fmt: off
_TUNNEL_DRIVERS = (
    "tun", "wireguard", "amneziawg", "ovpn", "ovpn-dco", "ppp", "l2tp", "ipip", "sit", "ip6tnl",
    "gre", "gretap", "ip6gre", "ip6gretap", "erspan", "ip6erspan", "vti", "vti6", "xfrm", "ipsec",
    "vxlan", "geneve", "gtp", "fou", "bareudp",
)
_ETHERNET_DRIVERS = (
    "veth", "bond", "team", "vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "macsec", "netkit",
    "dsa", "hsr",
)
# fmt: on
_DRIVERS = (
    dict.fromkeys(_TUNNEL_DRIVERS, LinkKind.TUNNEL)
    | dict.fromkeys(_ETHERNET_DRIVERS, LinkKind.ETHERNET)
    | dict.fromkeys(("wwan", "rmnet"), LinkKind.CELLULAR)
    | {"virt_wifi": LinkKind.WIFI}
)

# ARPHRD_ numbers (linux/if_arp.h).
_HARDWARE = {
    1: LinkKind.ETHERNET,
    512: LinkKind.TUNNEL,  # PPP: a VPN, PPPoE or an old modem
    519: LinkKind.CELLULAR,  # RAWIP, as phones' modems use
    768: LinkKind.TUNNEL,  # IPIP
    769: LinkKind.TUNNEL,  # IP6TNL
    772: LinkKind.LOOPBACK,
    776: LinkKind.TUNNEL,  # SIT
    778: LinkKind.TUNNEL,  # GRE
    801: LinkKind.WIFI,
    823: LinkKind.TUNNEL,  # GRE over IPv6
    65534: LinkKind.TUNNEL,  # NONE: no link layer
}

# Names as Linux, Android, macOS, the BSDs and Windows give them. A guess, tried in this order.
_PREFIXES = (
    (LinkKind.TUNNEL, ("tun", "tap", "utun", "wg", "ppp", "ipsec", "gif", "stf", "tailscale")),
    (LinkKind.CELLULAR, ("ww", "rmnet", "ccmni", "pdp_ip", "cellular", "mobile")),
    (LinkKind.WIFI, ("wl", "wi-fi", "wifi", "wireless")),
    (LinkKind.ETHERNET, ("eth", "enp", "eno", "ens", "enx", "end")),
)


def of_link(
    name: str,
    hardware_type: int,
    driver: str | None,
    device_type: str | None,
    *,
    wireless: bool = False,
    port: bool = False,
) -> LinkKind:
    """From the hardware type, the driver of a virtual link, and sysfs's DEVTYPE.

    A bridge, and a virtual link that is a port of one, is `other`: so docker0 and its ends never
    pass for the machine's own cable. Weakness: a bridge that is the way out is `other` too.
    """
    if hardware_type == 772:
        return LinkKind.LOOPBACK
    if wireless or device_type == "wlan":
        return LinkKind.WIFI
    if device_type == "wwan":
        return LinkKind.CELLULAR
    if driver is not None and port:
        return LinkKind.OTHER
    if driver is not None:
        return _DRIVERS.get(driver, LinkKind.OTHER)
    guess = of_name(name)
    # A modem behind an Ethernet-like driver, or a wireless card without sysfs, shows in its name.
    if guess in (LinkKind.CELLULAR, LinkKind.WIFI):
        return guess
    return _HARDWARE.get(hardware_type, LinkKind.OTHER)


def of_name(name: str) -> LinkKind:
    """A guess from the name alone: `other` where the name says nothing (macOS `en0`)."""
    lower = name.lower()
    if lower in ("lo", "lo0") or lower.startswith("loopback"):
        return LinkKind.LOOPBACK
    matches = (kind for kind, prefixes in _PREFIXES if lower.startswith(prefixes))
    return next(matches, LinkKind.OTHER)
