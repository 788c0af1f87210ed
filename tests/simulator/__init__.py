"""Worlds of boxes, packets and dice, in which the shipped checks look around without a network.

What it shares with the verdict's tables: the names of the faults, as labels of the truth, and the
priors that the calibration hands it. What it does not share: any likelihood. What a check sees
follows from boxes that drop, lose, delay and lie, packet by packet, through the checks' own code;
only the sockets below them are replaced (`probes`). Nothing here imports `netcheck.diagnosis`.
"""
