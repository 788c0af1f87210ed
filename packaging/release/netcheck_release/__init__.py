"""Turns a checkout into what people install: wheel, binary, .deb, RPM, and what goes with them."""
