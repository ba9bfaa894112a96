"""The door for providers that receive mail for us: `POST /digital/email/inbound`.

Mailgun and SendGrid are told apart by what they sign with. 200 means that the mail is committed;
what is refused for good is answered so that it does not come again, and 503 so that it does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import BoundedSemaphore

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from digital.email.form import Form, read_form
from digital.email.intake import Intake
from digital.email.limits import MEGABYTE
from digital.email.mail import Mail
from digital.email.mailgun import mailgun_envelope, mailgun_mail
from digital.email.sendgrid import sendgrid_envelope, sendgrid_mail
from digital.email.signatures import (
    SIGNATURE,
    TIMESTAMP,
    content_of,
    mailgun_refusal,
    sendgrid_signed,
)

_log = structlog.get_logger(__name__)

STOP = 406
"""Mailgun brings a mail again after any answer but 200 and this one."""

_AROUND = MEGABYTE
"""Bytes that a form may have besides the mail."""

LARGE = MEGABYTE
LARGE_AT_ONCE = 4
"""Forms of this size that a process reads at a time: nobody is known before all of it is read."""

Claim = Callable[[str, str, str], bool]
"""Uses a token of an issuer for some content; false: it was used for another (`runner.once`)."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the providers sign with; without any the door is shut, but in development."""

    mailgun: Sequence[str] = field(default=(), repr=False)
    sendgrid: str = ""
    development: bool = False

    @property
    def none(self) -> bool:
        """Whether nothing can be proved."""
        return not self.mailgun and not self.sendgrid


def _uncounted(reason: str) -> None:
    del reason


def inbound_blueprint(
    intake: Intake,
    keys: Keys,
    claim: Claim,
    clock: Callable[[], datetime],
    refused: Callable[[str], None] = _uncounted,
) -> Blueprint:
    """Build the webhook. `refused` hears the reason of every request turned away."""
    door = _Door(intake, keys, claim, clock, refused)
    blueprint = Blueprint("email", __name__, url_prefix="/digital/email")
    for rule in ("/inbound", "/inbound/mime"):  # Mailgun posts the raw mail where a URL ends so
        blueprint.add_url_rule(
            rule,
            rule.replace("/", ""),
            door.answer,
            methods=["POST"],
            strict_slashes=False,
            provide_automatic_options=False,
        )
    return blueprint


class _Door:
    def __init__(
        self,
        intake: Intake,
        keys: Keys,
        claim: Claim,
        clock: Callable[[], datetime],
        refused: Callable[[str], None],
    ) -> None:
        self._intake, self._keys, self._claim = intake, keys, claim
        self._clock, self._refused = clock, refused
        self._large = BoundedSemaphore(LARGE_AT_ONCE)

    def answer(self) -> Response:
        """Answer the present request."""
        if self._keys.none and not self._keys.development:
            return self._refuse("no key", 403)
        if (request.content_length or LARGE) < LARGE:
            return self._read_whole()
        if not self._large.acquire(blocking=False):
            return self._refuse("busy", 503)
        try:
            return self._read_whole()
        finally:
            self._large.release()

    def _read_whole(self) -> Response:
        """Read the body, as far as it may go, and see who sent it."""
        size = self._intake.limits.size
        request.max_content_length = size + size // 2 + _AROUND
        try:
            body = request.get_data(cache=False)
        except RequestEntityTooLarge:
            # Nothing was read, so nothing was proved; both providers would bring it for days.
            return self._refuse("too large", 200 if SIGNATURE in request.headers else STOP)
        try:
            return self._proved(body)
        except Exception as problem:  # noqa: BLE001  whatever it was, the provider brings the mail again
            _log.error("a mail was not taken", error=type(problem).__name__)
            return _nothing(503)

    def _proved(self, body: bytes) -> Response:
        """Take what is proved to be a provider's."""
        if self._keys.none:
            form = self._read(body)
            return self._from_anybody(form) if form else self._refuse("form", 400)
        if SIGNATURE in request.headers or not self._keys.mailgun:
            return self._by_sendgrid(body)
        return self._by_mailgun(body)

    def _by_sendgrid(self, body: bytes) -> Response:
        """Take what SendGrid signed: nothing is parsed before the whole body is proved."""
        signature, timestamp = (request.headers.get(name, "") for name in (SIGNATURE, TIMESTAMP))
        key = self._keys.sendgrid
        if not key or not sendgrid_signed(body, signature, timestamp, key):
            return self._refuse("signature", 403)
        form = self._read(body)
        return self._from_sendgrid(form) if form else self._refuse("form", 400)

    def _by_mailgun(self, body: bytes) -> Response:
        """Take what Mailgun signed: its signature is among the fields, and covers none of them."""
        form = self._read(body)
        if form is None:
            return self._refuse("form", 403)
        refusal = mailgun_refusal(form, self._keys.mailgun, self._clock())
        if refusal:
            return self._refuse(refusal, 403)
        if not self._claim("mailgun", form.text("token"), content_of(form)):
            return self._refuse("token", 403)
        return self._from_mailgun(form)

    def _from_anybody(self, form: Form) -> Response:
        """Take what nobody signed, in development."""
        known = "envelope" in form.fields
        return self._from_sendgrid(form) if known else self._from_mailgun(form)

    def _read(self, body: bytes) -> Form | None:
        try:
            return read_form(request.content_type or "", body)
        except (ValueError, RequestEntityTooLarge):
            return None

    def _from_mailgun(self, form: Form) -> Response:
        recipients, sender = mailgun_envelope(form)
        return self._take(mailgun_mail(form, self._intake.limits), recipients, sender, STOP)

    def _from_sendgrid(self, form: Form) -> Response:
        recipients, sender = sendgrid_envelope(form)
        return self._take(sendgrid_mail(form, self._intake.limits), recipients, sender, 200)

    def _take(self, mail: Mail, recipients: Sequence[str], sender: str, stop: int) -> Response:
        """Take a mail for all of ours it is to; without one of ours it need not come again."""
        if len(mail.raw) > self._intake.limits.size:
            return self._refuse("too large", stop)
        ours = dict.fromkeys(self._intake.mailbox(each) for each in recipients[:100])
        done = [self._intake.receive(mail, mailbox, sender) for mailbox in ours if mailbox]
        if any(outcome in ("taken", "reported") for outcome in done):
            return _nothing(200)
        return self._refuse(done[0] if done else "unbound", stop)

    def _refuse(self, reason: str, status: int) -> Response:
        self._refused(reason)
        _log.warning("a mail by webhook was refused", reason=reason)
        return _nothing(status)


def _nothing(status: int) -> Response:
    return Response(status=status)
