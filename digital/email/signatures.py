"""Proves that a webhook is the provider's: Mailgun by a keyed digest, SendGrid by a signature."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from digital.email.form import Form
from runner.inbound_mail_settings import sendgrid_key

WINDOW = 15 * 60
"""Seconds for which a signed timestamp is good, to either side (provider contract, section 1.7)."""

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"

_SIGNED = ("timestamp", "token", "signature")
_LONGEST = 200


def mailgun_refusal(form: Form, keys: Sequence[str], at: datetime) -> str:
    """Say why a form is not surely Mailgun's, "" when it is: HMAC-SHA256 of timestamp + token."""
    timestamp, token, given = (form.text(name) for name in _SIGNED)
    if not timestamp.isascii() or not timestamp.isdigit() or not 0 < len(token) <= _LONGEST:
        return "signature"
    signed = f"{timestamp}{token}".encode()
    fits = [
        hmac.compare_digest(hmac.new(key.encode(), signed, sha256).hexdigest(), given.lower())
        for key in keys
        if given.isascii()
    ]
    if not any(fits):
        return "signature"
    apart = abs(at.timestamp() - int(timestamp[:12]))
    return "" if apart <= WINDOW else "timestamp"


def content_of(form: Form) -> str:
    """Give a digest of all that Mailgun's signature does not cover."""
    digest = sha256()
    values = [(name, value) for name, value in form.fields.items() if name not in _SIGNED]
    files = [(f"file {each.key} {each.name}", each.data) for each in form.files]
    for name, value in sorted(values + files):
        digest.update(f"{name!r} {len(value)}\n".encode("utf-8", "replace") + value)
    return digest.hexdigest()


def sendgrid_signed(body: bytes, signature: str, timestamp: str, key: str) -> bool:
    """Say whether a request is SendGrid's: ECDSA, P-256, SHA-256 over timestamp + body."""
    try:
        given = base64.b64decode(signature, validate=True)
        sendgrid_key(key).verify(given, timestamp.encode() + body, ec.ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
