"""The settings of outgoing mail: `SMTP_URL`, `MAIL_FROM`."""

import ipaddress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings

from flow.mailbox import Mailbox, mailbox

Safety = Literal["if offered", "starttls", "tls"]

_SCHEMES: dict[str, tuple[Safety, int]] = {
    "smtp": ("if offered", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}
"""What each scheme asks for, and its port (RFC 5321, RFC 6409, RFC 8314)."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our mail. Without a user nothing is said of who we are."""

    host: str
    port: int
    safety: Safety
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_here(self) -> bool:
        """Whether it is this very machine, where nobody listens on the way."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def mail_server(url: str) -> MailServer:
    """Read `smtp://`, `smtp+starttls://` or `smtps://USER:PASSWORD@HOST:PORT`.

    Raises:
        ValueError: it is none; the text says what is, and nothing of what was given.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # a port that is no number, brackets that do not close
        parts, host, port = SplitResult("", "", "", "", ""), None, None
    known = _SCHEMES.get(parts.scheme)
    rest = parts.path.strip("/") or parts.query or parts.fragment
    if known is None or not host or port == 0 or rest:
        raise ValueError(
            "give smtp://, smtp+starttls:// or smtps:// and USER:PASSWORD@HOST:PORT; "
            "write : / ? # @ in a password as %3A %2F %3F %23 %40"
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("give both a user and a password, or neither")
    safety, usual = known
    return MailServer(host, port or usual, safety, user, password)


class MailSettings(BaseSettings):
    """What the operator can set about outgoing mail."""

    smtp_url: str = Field(default="", repr=False, description="No mail is sent when empty.")
    mail_from: str = Field(default="", description="Who mail is from; bounces come back to it.")

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, value: str) -> str:
        if value:
            mail_server(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value:
            mailbox(value)
        return value

    @model_validator(mode="after")
    def _from_somebody(self) -> "MailSettings":
        if self.smtp_url and not self.mail_from:
            raise ValueError("MAIL_FROM is needed with SMTP_URL: who the mail is from")
        return self

    @cached_property
    def mail_server(self) -> MailServer | None:
        """The server that takes our mail; None: no mail is sent."""
        return mail_server(self.smtp_url) if self.smtp_url else None

    @cached_property
    def mail_sender(self) -> Mailbox | None:
        """Who mail is from."""
        return mailbox(self.mail_from) if self.mail_from else None
