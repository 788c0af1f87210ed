"""Bytes to fields and back. No sockets here, so every line can be tested on literal bytes."""
