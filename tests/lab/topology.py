"""Who stands where in the small internet, and under which address.

```
 device          router           access           core                    net
 eth0 ────────── lan0   wan0 ──── sub0   up0 ───── down0   tun0 ~~~~~~~~~~ tun0   e0..eN
 192.168.1.x     .1.1   77.68.20.57  .20.1  .0.1   .0.2    62.115.0.1      .0.2    │
 DHCP by udhcpc  nft masquerade    the provider's  77.68.0.53 (lo):        │       │
 own mount       dnsmasq: DHCP     first hop       the provider's          │       │
 namespace       and DNS                           resolver, unbound       │       │
                                                                           │       │
   ~~~~ a TUN forwarder in user space: the delay of the world ─────────────┘       │
   net, on lo: 1.1.1.1, 8.8.8.8, 9.9.9.9 (unbound each), the root and the TLDs     │
   (knot), the anchors' zones (knot), the anchors and portals (TLS, lab CA),       │
   each carrier's zones (a knot each), entitlement hosts                           │
   epdg-att, epdg-verizon, epdg-tmobile, ...: one namespace and one strongSwan ────┘
```

A packet from the device meets router (hop 1), access (2), core (3), net (4), an ePDG (5).
The dual-stack world adds IPv6 on every link; the default world is IPv4 at home and beyond, while
the names still have AAAA records, as on a home line without IPv6.
"""

from dataclasses import dataclass

ROUTER_LAN = "192.168.1.1"
ROUTER_WAN = "77.68.20.57"
ACCESS_DOWN = "77.68.20.1"
ACCESS_UP = "77.68.0.1"
CORE_DOWN = "77.68.0.2"
CORE_UP = "62.115.0.1"
NET_DOWN = "62.115.0.2"
PROVIDER_NET = "77.68.0.0/16"
PROVIDER_DNS = "77.68.0.53"
LEASES = ("192.168.1.100", "192.168.1.199")

ROUTER_LAN6 = "2a02:8108:1:1::1"
LAN6 = "2a02:8108:1:1::/64"
ROUTER_WAN6 = "2a02:8108:0:20::57"
ACCESS_DOWN6 = "2a02:8108:0:20::1"
ACCESS_UP6 = "2a02:8108:0:1::1"
CORE_DOWN6 = "2a02:8108:0:1::2"
PROVIDER_NET6 = "2a02:8108::/32"
CORE_UP6 = "2001:2034:0:1::1"
NET_DOWN6 = "2001:2034:0:1::2"
PROVIDER_DNS6 = "2a02:8108:0:53::53"

ROOT_SERVER = "198.41.0.4"
TLD_SERVERS = {"com": "192.5.6.30", "net": "192.5.6.31", "org": "199.19.56.1"}
GSMA_SERVER = "195.35.115.53"
HOSTING_SERVER = "205.251.192.53"
WHOAMI_SERVER = "205.251.193.53"  # answers with the address that asks
DNS_ABROAD = "103.86.96.53"  # a resolver in another country, which runs only where somebody uses it
VPN_GATEWAY = "185.65.134.66"


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """A resolver's or a server's addresses, one of each family."""

    ipv4: str
    ipv6: str


RESOLVERS: dict[str, PublicAddress] = {
    "cloudflare": PublicAddress("1.1.1.1", "2606:4700:4700::1111"),
    "google": PublicAddress("8.8.8.8", "2001:4860:4860::8888"),
    "quad9": PublicAddress("9.9.9.9", "2620:fe::fe"),
}

OWN_NAMES = {"cloudflare": "one.one.one.one", "google": "dns.google", "quad9": "dns.quad9.net"}
"""The names in their certificates, by which a device that insists on encryption knows them."""

# Addresses these names have had on the real internet; a name that is not here gets the next
# free one of the pool, so that the lab follows the catalogue when it grows.
KNOWN_ADDRESSES: dict[str, PublicAddress] = {
    "www.google.com": PublicAddress("142.250.74.36", "2a00:1450:4001:829::2004"),
    "www.apple.com": PublicAddress("17.253.144.10", "2620:149:af0::10"),
    "www.cloudflare.com": PublicAddress("104.16.123.96", "2606:4700::6810:7b60"),
    "www.wikipedia.org": PublicAddress("208.80.154.224", "2620:0:861:ed1a::1"),
    "www.microsoft.com": PublicAddress("20.112.52.29", "2603:1030:20e:3::23c"),
    "www.mozilla.org": PublicAddress("44.236.72.93", "2600:1901:0:38d7::1"),
    "connectivitycheck.gstatic.com": PublicAddress("142.250.74.35", "2a00:1450:4001:829::2003"),
    "captive.apple.com": PublicAddress("17.253.57.201", "2620:149:a44::201"),
    "detectportal.firefox.com": PublicAddress("34.107.221.82", "2600:1901:0:38d7::"),
    "www.msftconnecttest.com": PublicAddress("13.107.4.52", "2620:1ec:c11::52"),
    "stun.l.google.com": PublicAddress("74.125.250.129", "2001:4860:4864:5:8000::1"),
    "stun.cloudflare.com": PublicAddress("162.159.207.0", "2606:4700:49::"),
    "www.att.com": PublicAddress("144.161.106.162", "2001:1890:1c00::162"),
}
POOL4, POOL6 = "151.101.{}.{}", "2a04:4e42:{:x}::{:x}"


def pooled(number: int) -> PublicAddress:
    """The `number`-th address that no known name has."""
    high, low = divmod(number, 200)
    return PublicAddress(POOL4.format(high + 1, low + 10), POOL6.format(high + 1, low + 10))


@dataclass(frozen=True, slots=True)
class OperatorNet:
    """Where a carrier's machines are: its name servers and its ePDGs."""

    name_server: str
    epdg_prefix: str  # three octets; ePDG hosts count from .10
    epdg_prefix6: str


def operator_net(number: int) -> OperatorNet:
    """The address block of the lab's `number`-th carrier."""
    return OperatorNet(
        f"198.224.{number}.53", f"141.207.{number + 1}", f"2600:300:{number + 1:x}:1"
    )
