"""Let only the carrier in: nothing of a request is read before its signature is checked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlsplit

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from ivr import signature
from ivr.addresses import OVERRIDES
from ivr.form import fields
from ivr.signature import Received
from ivr.webhooks.replies import nothing

BODY = 64 * 1024
"""Bytes of a webhook's body: a call with a hundred SIP headers has about ten thousand."""


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """What the webhooks need to know of the installation.

    `tokens` are the account's auth tokens, several during a rotation; none means development
    mode: unsigned requests are taken. `account_sid` "" takes every account's.
    """

    public_url: str
    tokens: tuple[str, ...] = field(default=(), repr=False)
    account_sid: str = ""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An admitted request: its `path` and `query` below the public address, form, fingerprint."""

    path: str
    query: str
    form: dict[str, str] = field(repr=False)
    fingerprint: str
    at: datetime


class Gate:
    """Admits signed requests and hands them on as `Webhook`."""

    def __init__(
        self, settings: VoiceSettings, refused: Callable[[str], None], now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._refused = refused
        self._now = now

    def admit(self, handle: Callable[[Webhook], Response]) -> Response:
        """Answer the present request with `handle`, or turn it away: 403 or 413, empty."""
        request.max_content_length = BODY
        try:
            body = request.get_data(cache=False)
        except RequestEntityTooLarge:
            return self._refuse("too large", 413)
        target = _raw_target()
        pairs = _pairs(body)
        if not self._signed(target, body, pairs):
            return self._refuse("signature", 403)
        if pairs is None:
            return self._refuse("form", 400)
        form = fields(pairs)
        if self._settings.account_sid not in (
            "",
            form.get("AccountSid", self._settings.account_sid),
        ):
            return self._refuse("account", 403)
        path, _, query = target.partition("?")
        return handle(Webhook(path, query, form, signature.fingerprint(pairs), self._now()))

    def _signed(self, target: str, body: bytes, pairs: signature.Pairs | None) -> bool:
        if not self._settings.tokens:
            return True
        received = Received(
            method=request.method,
            url=self._settings.public_url.rstrip("/") + target,
            content_type=request.content_type or "",
            body=body,
            signature=request.headers.get("X-Twilio-Signature", ""),
            fragment=OVERRIDES,
            pairs=pairs,
        )
        return signature.verify(received, self._settings.tokens)

    def _refuse(self, reason: str, status: int) -> Response:
        self._refused(reason)
        return nothing(status)


def _pairs(body: bytes) -> signature.Pairs | None:
    """Read the body's fields, which the signature is made of; None when it is no proper form."""
    if not signature.is_form(request.content_type or ""):
        return []
    try:
        return signature.form_pairs(body)
    except ValueError:
        return None


def _raw_target() -> str:
    """Give path and query exactly as sent: servers keep them as RAW_URI or REQUEST_URI."""
    raw: str = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or ""
    if raw.startswith("/"):
        return raw.partition("#")[0]
    if "://" in raw:
        parts = urlsplit(raw)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    query = request.query_string.decode("latin-1")
    path = quote(request.path)
    return f"{path}?{query}" if query else path
