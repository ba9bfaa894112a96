"""Signs what we send to subscribers, so that they know it is from us and not an old copy."""

import hmac
from hashlib import sha256

VERSION = "v1"
"""The way of signing, written before each signature: another way will be sent beside this one."""


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Give the value of `Linewalk-Signature`: HMAC-SHA256 over `timestamp.body`, in hex.

    The timestamp is signed as well, so that a message that was caught cannot be sent again later.
    """
    signed = str(timestamp).encode() + b"." + body
    return f"{VERSION}={hmac.new(secret.encode(), signed, sha256).hexdigest()}"
