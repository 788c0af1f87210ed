"""How a call would sound: R factor and mean opinion score of a path, from delay, jitter and loss.

The E-model of ITU-T G.107 reduced to what a train of small packets shows, in the form that many
measuring tools share:

    eff = one-way delay + 2 * jitter + 10           (ms; 10 ms for the codec)
    R   = 93.2 - eff / 40             if eff < 160
    R   = 93.2 - (eff - 120) / 10     otherwise
    R   = R - 2.5 * loss in percent
    MOS = 1 + 0.035 R + 0.000007 R (R - 60) (100 - R)     (G.107 Annex B; 1 below R = 0)

Limits. The delay term of G.107 is one-way; tools that feed round trips into it score long paths
too low, so half the round trip is used here, as if both ways were alike. Loss is taken as random
and unconcealed: a codec that hides losses (AMR-WB, EVS) sounds better, a burst sounds worse. 93.2
is G.711's best; wideband scores higher on its own scale. Nothing of the handset, the radio to it
or the carrier's own network is in it, so it is what the path leaves room for, not what is heard.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoiceScore:
    """`r` from 0 to 93.2, `mos` from 1 to 4.4."""

    r: float
    mos: float


def score(rtt_ms: float, jitter_ms: float, loss_percent: float) -> VoiceScore:
    """The score of a path with this round trip, jitter (mean change from one to the next) and
    loss. Loss of round trips, as an echo counts it, is up to twice that of one direction."""
    effective_ms = rtt_ms / 2 + 2 * jitter_ms + 10
    r = 93.2 - (effective_ms / 40 if effective_ms < 160 else (effective_ms - 120) / 10)
    r = max(0.0, r - 2.5 * loss_percent)
    mos = 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r)
    return VoiceScore(round(r, 1), round(max(1.0, mos), 2))
