"""The settings of incoming e-mail and its answers; docs/messages.md says what they mean."""

import base64
import binascii
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings

from runner.setting_kinds import CommaList, listen_address

_FASTEST = 1_000


def sendgrid_key(text: str) -> EllipticCurvePublicKey:
    """Read a public key as SendGrid shows it: base64 of the DER form.

    Raises:
        ValueError: it is none, or on another curve than P-256.
    """
    try:
        key: object = load_der_public_key(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        key = None
    if not isinstance(key, EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise ValueError("give the public key in base64 as SendGrid shows it (ECDSA, P-256)")
    return key


class InboundMailSettings(BaseSettings):
    """What the operator can set about incoming e-mail."""

    smtp_listen: str = Field(default="", description="Off when empty; else HOST:PORT.")
    smtp_tls_cert: Path | None = Field(default=None, description="PEM, for STARTTLS.")
    smtp_tls_key: Path | None = Field(default=None, description="PEM, for STARTTLS.")
    mailgun_signing_key: CommaList = Field(
        default=(), repr=False, description="Several if changed."
    )
    sendgrid_public_key: str = Field(default="", description="Base64, as SendGrid shows it.")
    mail_max_mb: int = Field(default=30, ge=1, le=100, description="Megabytes of one mail.")
    mail_max_files: int = Field(default=20, ge=0, le=100, description="Files of one mail.")
    mails_per_second: float = Field(default=5.0, gt=0, le=_FASTEST)

    @field_validator("smtp_listen")
    @classmethod
    def _listening(cls, value: str) -> str:
        plain = "" if value.lower() == "off" else value
        if plain:
            listen_address(plain)
        return plain

    @field_validator("sendgrid_public_key")
    @classmethod
    def _a_public_key(cls, value: str) -> str:
        if value:
            sendgrid_key(value)
        return value

    @model_validator(mode="after")
    def _certificate(self) -> "InboundMailSettings":
        if bool(self.smtp_tls_cert) != bool(self.smtp_tls_key):
            raise ValueError("give both SMTP_TLS_CERT and SMTP_TLS_KEY, or neither")
        return self

    @cached_property
    def smtp_address(self) -> tuple[str, int] | None:
        """Where the mail server listens; None: nowhere."""
        return listen_address(self.smtp_listen) if self.smtp_listen else None
