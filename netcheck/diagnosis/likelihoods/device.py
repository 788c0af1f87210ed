"""What this device says of itself: the link, the address, the clock."""

from netcheck.diagnosis.likelihoods.row import (
    BAD_AIR,
    DEAD_UPSTREAM,
    LOSSY,
    NOT_JOINED,
    Row,
    row,
)

ROWS: tuple[Row, ...] = (
    row(
        "interface",
        "up down none",
        {"up": 0.999, "down": 0.0008, "none": 0.0002},
        {
            # What carries nothing is not well, but for the moment in which it comes up.
            "all-well": {"up": 0.9996, "down": 0.0002},
            "radio-switched-off": {"up": 0.3, "down": 0.6},
            "interface-off": {"up": 0.02, "down": 0.68},
            "unknown": {"up": 0.985},
        },
        "Read from the kernel, so that nothing unknown explains it. Weak where a virtual "
        "interface is up and the real one is off.",
    ),
    row(
        "link",
        "connected no-carrier not-associated",
        {"connected": 0.99},
        {
            "radio-switched-off": {"not-associated": 0.6, "no-carrier": 0.35},
            "cable-out": {"no-carrier": 0.97, "connected": 0.01},
            NOT_JOINED: {"not-associated": 0.97, "connected": 0.01},
            "wifi-unsteady": {"connected": 0.75, "not-associated": 0.24},
            "interface-off": {"no-carrier": 0.5, "connected": 0.3},
            "wifi-weak": {"connected": 0.9, "not-associated": 0.09},
            "unknown": {"connected": 0.95},
        },
        "Read from the kernel. A switch between computer and router hides a cable that is out.",
    ),
    row(
        "link-kind",
        "wired wireless",
        {"wired": 0.4, "wireless": 0.6},
        {
            "cable-out": {"wired": 0.98, "wireless": 0.02},
            f"{NOT_JOINED} {BAD_AIR}": {"wired": 0.01, "wireless": 0.99},
            "hotspot-without-data": {"wired": 0.2, "wireless": 0.8},
            "radio-switched-off": {"wired": 0.3, "wireless": 0.7},
        },
        "A fact about the interface in use; a wired computer behind a wireless bridge fools it.",
    ),
    row(
        "signal",
        "strong fair weak",
        {"strong": 0.6, "fair": 0.35, "weak": 0.05},
        {
            "wifi-weak": {"weak": 0.92, "fair": 0.07, "strong": 0.01},
            "home-link-lossy": {"strong": 0.5, "fair": 0.35, "weak": 0.15},
            "wifi-unsteady": {"strong": 0.45, "fair": 0.4, "weak": 0.15},
        },
        "One reading of a figure that moves by several dB within a second.",
    ),
    row(
        "address",
        "assigned link-local missing",
        {"assigned": 0.995},
        {
            # The seconds before the first answer of DHCP.
            "all-well": {"assigned": 0.9994, "missing": 0.0003},
            "no-address": {"missing": 0.53, "link-local": 0.45},
            "radio-switched-off": {"missing": 0.9, "assigned": 0.05},
            f"interface-off cable-out {NOT_JOINED}": {"missing": 0.6, "assigned": 0.3},
            "address-used-twice": {"assigned": 0.7, "missing": 0.25},
            "wifi-unsteady": {"assigned": 0.8, "missing": 0.19},
            "unknown": {"assigned": 0.95},
        },
        "Systems keep an old address for a while after the link has gone.",
    ),
    row(
        "route",
        "present missing",
        {"present": 0.99},
        {
            "no-address radio-switched-off": {"missing": 0.93},
            f"interface-off cable-out {NOT_JOINED}": {"missing": 0.65},
            "wifi-unsteady": {"missing": 0.2},
            "address-used-twice": {"missing": 0.25},
        },
        "Asked per target. A static route may outlive what it leads to.",
    ),
    row(
        "lease",
        "held ending expired unanswered",
        {"held": 0.985, "ending": 0.01, "expired": 0.003},
        {"no-address": {"unanswered": 0.6, "expired": 0.25, "ending": 0.05}},
        "The kernel's term of the address and the word of the program that keeps the lease. Small "
        "clients set no term; a program's file may be older than what it tells of.",
    ),
    row(
        "address-conflict",
        "none found",
        {"none": 0.99995, "found": 0.00005},
        {"address-used-twice": {"found": 0.97}},
        "Where it is found it is so, but for a router that answers for others (proxy ARP). IPv6: "
        "the kernel's own check. IPv4: only where a program or the raw extra asked.",
    ),
    row(
        "ways-out",
        "one several alike",
        {"one": 0.8, "several": 0.19},
        {},
        "A fact: a cable beside a Wi-Fi is no fault, and only the way in use is judged.",
    ),
    row(
        "link-errors",
        "none new",
        {"none": 0.997, "new": 0.003},
        {"home-link-lossy": {"new": 0.25}, BAD_AIR: {"new": 0.05}},
        "Counters of the interface over the run. Many drivers count nothing, and what a switch "
        "further on damages is not counted here.",
    ),
    row(
        "vpn",
        "off on",
        {"off": 0.85, "on": 0.15},
        {"vpn-blocks-ike": {"on": 0.99}},
        "A tunnel is a fact, not a fault: many people have one on all day.",
    ),
    row(
        "sending",
        "free calling-forbidden forbidden some-forbidden",
        {"free": 0.996, "some-forbidden": 0.003},
        {"device-firewall": {"calling-forbidden": 0.6, "forbidden": 0.35, "free": 0.01}},
        "The system's own refusal, which nothing on the network can cause. A VPN that forbids "
        "what would leave beside it looks the same; dropped TCP is not seen at all.",
    ),
    row(
        "radio",
        "none on off",
        {"none": 0.25, "on": 0.7, "off": 0.05},
        {
            "radio-switched-off": {"off": 0.995, "none": 0.002},
            f"{NOT_JOINED} {BAD_AIR}": {"on": 0.995, "none": 0.003},
            "interface-off": {"none": 0.45, "on": 0.5},
        },
        "The kernel's own switches. Many a wired machine has its radio off on purpose.",
    ),
    row(
        "own-traffic",
        "quiet busy overflows",
        {"quiet": 0.96, "busy": 0.036, "overflows": 0.004},
        {
            "own-traffic": {"busy": 0.78, "overflows": 0.2},
            # Loss slows TCP down: at 5 % and 20 ms one connection moves 3 Mbit/s at most
            # (Mathis and others, ACM CCR 27(3), 1997), so that few are busy in spite of it.
            LOSSY: {"busy": 0.02, "overflows": 0.002},
            BAD_AIR: {"busy": 0.02, "overflows": 0.02},
            # Nothing is acknowledged, so TCP stops: what goes on is a call, or a copy at home.
            f"{DEAD_UPSTREAM} captive-portal hotspot-without-data": {
                "busy": 0.008,
                "overflows": 0.0005,
            },
        },
        "This device alone, over the time in which loss was measured. How much the line behind "
        "can take is not known, so a fast line that is not full looks busy too: without loss it "
        "means nothing.",
    ),
    row(
        "mtu",
        "usual small",
        {"usual": 0.9995, "small": 0.0005},
        {"mtu-too-small": {"small": 0.998}},
        "Read from the kernel. Some tunnels and old modem lines have a small size rightly.",
    ),
    row(
        "hosts-file",
        "clean overrides",
        {"clean": 0.9995, "overrides": 0.0005},
        {"hosts-override": {"overrides": 0.998}},
        "Only names that a run asks for. Some block a site there on purpose.",
    ),
    row(
        "proxy",
        "none answers dead leads-nowhere",
        {"none": 0.95, "answers": 0.0497},
        {
            "proxy-dead": {"dead": 0.75, "leads-nowhere": 0.246, "none": 0.002},
            DEAD_UPSTREAM: {"none": 0.95, "answers": 0.03, "leads-nowhere": 0.0198},
        },
        "As the environment names it; what a program is told by itself is not seen. On a network "
        "without a proxy one left from the office is silent rightly, and still stops programs.",
    ),
    row(
        "clock",
        "right wrong",
        {"right": 0.99},
        {"clock-wrong": {"wrong": 0.98}},
        "Median of several operators' Date headers; wrong only far beyond their spread.",
    ),
)
