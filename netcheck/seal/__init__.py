"""Encryption to somebody's public key. Needs the extra `[secure]`, loaded only where it is used."""
