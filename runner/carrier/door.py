"""Lets only the carrier in: nothing of a webhook counts before its signature is checked.

No web framework is known here; the rooms that have a door give the request as they have it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from runner.carrier.signature import Pairs, Received, form_pairs, is_form, verify

HEADER = "X-Twilio-Signature"


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """What webhooks need to know of the installation.

    `tokens` are the account's auth tokens, several during a rotation; none means development
    mode: unsigned requests are taken. `account_sid` "" takes every account's.
    """

    public_url: str
    tokens: tuple[str, ...] = field(default=(), repr=False)
    account_sid: str = ""


@dataclass(frozen=True, slots=True)
class Knock:
    """One request: `target` is its raw path and query, below the public address."""

    method: str
    target: str
    content_type: str
    body: bytes = field(repr=False)
    signature: str = ""


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Why a request is not taken, in a word for a counter, and the status it is answered."""

    reason: str
    status: int


TOO_LARGE = TurnedAway("too large", 413)


class Door:
    """Admits what the carrier signed; `fragment` is what stands behind addresses we hand out."""

    def __init__(self, settings: WebhookSettings, fragment: str = "") -> None:
        self._settings, self._fragment = settings, fragment

    def admit(self, knock: Knock) -> Pairs | TurnedAway:
        """Give the fields of a request, blank ones too, or why it is turned away."""
        pairs = _pairs(knock)
        if not self._signed(knock, pairs):
            return TurnedAway("signature", 403)
        if pairs is None:
            return TurnedAway("form", 400)
        named = next((value for name, value in pairs if name == "AccountSid"), None)
        if self._settings.account_sid and named not in (None, self._settings.account_sid):
            return TurnedAway("account", 403)
        return pairs

    def _signed(self, knock: Knock, pairs: Pairs | None) -> bool:
        if not self._settings.tokens:
            return True
        received = Received(
            method=knock.method,
            url=self._settings.public_url.rstrip("/") + knock.target,
            content_type=knock.content_type,
            body=knock.body,
            signature=knock.signature,
            fragment=self._fragment,
            pairs=pairs,
        )
        return verify(received, self._settings.tokens)


def _pairs(knock: Knock) -> Pairs | None:
    """Read the body's fields, which the signature is made of; None when it is no proper form."""
    if not is_form(knock.content_type):
        return []
    try:
        return form_pairs(knock.body)
    except ValueError:
        return None


def raw_target(environ: Mapping[str, Any]) -> str:
    """Give path and query exactly as sent: WSGI servers keep them as RAW_URI or REQUEST_URI."""
    raw: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    if raw.startswith("/"):
        return raw.partition("#")[0]
    if "://" in raw:
        parts = urlsplit(raw)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    path = quote(environ.get("PATH_INFO", "").encode("latin-1"))
    query: str = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path
