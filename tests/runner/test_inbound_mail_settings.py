"""The settings of incoming mail: read, or refused with one clear line."""

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pydantic import ValidationError

from runner.inbound_mail_settings import InboundMailSettings


def shown(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(
        key.public_key().public_bytes(serialization.Encoding.DER, form)
    ).decode()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        *(("", None), ("off", None), ("0.0.0.0:25", ("0.0.0.0", 25))),  # noqa: S104  as operators write it
        *(("[::]:2525", ("::", 2525)), ("mail.example.com:25", ("mail.example.com", 25))),
    ],
)
def test_where_mail_is_listened_for(text: str, address: tuple[str, int] | None) -> None:
    assert InboundMailSettings(smtp_listen=text).smtp_address == address


@pytest.mark.parametrize("text", ["25", ":25", "host", "host:0", "host:99999", "::1:25", "h:２５"])  # noqa: RUF001  digits that are none
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"write HOST:PORT, such as 0\.0\.0\.0:25"):
        InboundMailSettings(smtp_listen=text)


def test_keys_of_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILGUN_SIGNING_KEY", "old, new")
    monkeypatch.setenv("SENDGRID_PUBLIC_KEY", shown(ec.generate_private_key(ec.SECP256R1())))
    settings = InboundMailSettings()
    assert settings.mailgun_signing_key == ("old", "new")
    assert "old" not in repr(settings)
    others = [shown(ec.generate_private_key(ec.SECP384R1())), "AAAA", "no key"]
    for wrong in (shown(rsa.generate_private_key(65537, 2048)), *others):
        with pytest.raises(ValidationError, match="as SendGrid shows it"):
            InboundMailSettings(sendgrid_public_key=wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"mail_max_mb": 0}, {"mail_max_mb": 101}, {"mail_max_files": -1}),
        *({"mails_per_second": 0}, {"smtp_tls_cert": "c.pem"}, {"smtp_tls_key": "k.pem"}),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        InboundMailSettings.model_validate(wrong)
