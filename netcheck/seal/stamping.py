"""Time stamps of a third party (RFC 3161): what is asked, and whether an answer is of this message.

A stamp proves that its message existed at a time, if its service is trusted: its root certificate
is somebody's choice, never ours. Needs `[secure]`.
"""

from datetime import datetime

REQUEST_TYPE, ANSWER_TYPE = "application/timestamp-query", "application/timestamp-reply"


class BadStamp(Exception):
    """What came is no time stamp, or not of this message, or of nobody who is trusted."""


def request(message: bytes) -> bytes:
    """The question (RFC 3161 2.4.1), DER: a SHA-256 digest, and that the certificate be sent."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256)
    return builder.cert_request(cert_request=True).build().as_bytes()


def when(answer: bytes, message: bytes) -> datetime:
    """The time that an answer tells for this message, by its own word alone. Raises BadStamp."""
    import hashlib

    from rfc3161_client import decode_timestamp_response

    try:
        told = decode_timestamp_response(answer).tst_info
        digest = told.message_imprint.message
    except Exception as wrong:  # the library's own kinds, and those of the decoder below it
        raise BadStamp(type(wrong).__name__) from None
    if digest != hashlib.sha256(message).digest():
        raise BadStamp("of another message")
    return told.gen_time


def checked(answer: bytes, message: bytes, root: bytes) -> datetime:
    """The same, signed by a service whose certificate leads to that root (PEM). Raises BadStamp."""
    from cryptography.x509 import load_pem_x509_certificates
    from rfc3161_client import VerifierBuilder, decode_timestamp_response

    at = when(answer, message)
    try:
        builder = VerifierBuilder()
        for one in load_pem_x509_certificates(root):
            builder = builder.add_root_certificate(one)
        builder.build().verify_message(decode_timestamp_response(answer), message)
    except Exception as wrong:
        raise BadStamp(str(wrong) or type(wrong).__name__) from None
    return at
