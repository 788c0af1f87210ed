"""The Wi-Fi lab: simulated radios in an emulated machine, in front of the lab's small internet.

This machine's kernel has no radio to simulate; Debian's has (mac80211_hwsim). So that kernel is
booted under plain emulation, with this machine's files, and in it stand a device and an access
point. Everything behind the access point is the other lab's, native and outside the machine:

```
 emulated machine (Debian's kernel, hwsim)                 | this machine: tests.lab.world
 device                    access point                    |
 wlan0 ~ ~ ~ radio ~ ~ ~ ~ wlan1 ──── br0 ──── uplink0 ────┼─ tap0 ── br0 ── eth0 ──── router ...
 wpa_supplicant, udhcpc    hostapd                         |  (the namespace of the other lab's
 netcheck as nobody                                        |   device, here only a switch)
```
"""
