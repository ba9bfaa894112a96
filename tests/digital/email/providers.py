"""Signs forms as Mailgun and SendGrid do."""

import base64
import hmac
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.digital.email.house import HELP, NOON

KEY = "key-mailgun"
SECRET = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    SECRET.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
).decode()

Fields = dict[str, Any]
"""Values are texts, bytes, or files as name, type and bytes."""

MULTIPART = "multipart/form-data; boundary=BOUNDARY"


def multipart(fields: Fields) -> bytes:
    """Write a form as providers do."""
    body = b""
    for field, value in fields.items():
        head = f'Content-Disposition: form-data; name="{field}"'
        if isinstance(value, tuple):
            head += f'; filename="{value[0]}"\r\nContent-Type: {value[1]}'
            value = value[2]  # noqa: PLW2901  the file's bytes
        data = value if isinstance(value, bytes) else value.encode()
        body += b"--BOUNDARY\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n"
    return body + b"--BOUNDARY--\r\n"


def mailgun(fields: Fields, token: str = "t" * 50, at: int = int(NOON.timestamp())) -> Fields:
    """Add Mailgun's signature to a form."""
    signature = hmac.new(KEY.encode(), f"{at}{token}".encode(), sha256).hexdigest()
    signed = {"timestamp": str(at), "token": token, "signature": signature}
    return {"recipient": HELP, "sender": "ann@example.org", **fields, **signed}


def sendgrid_headers(body: bytes, at: str, key: Any = SECRET, **change: str) -> dict[str, str]:
    """Give the headers by which SendGrid signs a body."""
    signature = key.sign(at.encode() + body, ec.ECDSA(hashes.SHA256()))
    given = {"Signature": base64.b64encode(signature).decode(), "Timestamp": at, **change}
    return {f"X-Twilio-Email-Event-Webhook-{name}": value for name, value in given.items()}
