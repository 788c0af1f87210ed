"""Signatures with a key that was made on this device: Ed25519 (RFC 8032). Needs `[secure]`."""

KEY_BYTES = 32  # of the secret and of the public key alike


def public_key(secret: bytes) -> bytes:
    """The public key of 32 secret random bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def sign(secret: bytes, message: bytes) -> bytes:
    """The signature, 64 bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(secret).sign(message)


def fits(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether whoever has the secret of that key signed exactly this."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
