"""Undoes the transfer encodings of mails (RFC 2045, section 6), however broken they are."""

import binascii
from base64 import b64decode

_NO_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)


def undone(data: bytes, how: str) -> bytes:
    """Give the bytes that were meant; those of an encoding nobody knows as they are."""
    if how == "base64":
        return _from_base64(data)
    return binascii.a2b_qp(data) if how == "quoted-printable" else data


def _from_base64(data: bytes) -> bytes:
    """Decode base64, without what does not belong there; what is cut short ends earlier."""
    clean = data.translate(None, _NO_BASE64)
    clean = clean[: len(clean) - (len(clean) % 4 == 1)]
    return b64decode(clean + b"=" * (-len(clean) % 4))
