"""Take note of status and recording callbacks. They are answered 204, or 503 to be sent again."""

from collections.abc import Callable

from flask import Response

from ivr.addresses import leg_of
from ivr.facts import call_fact, recording_fact
from ivr.service import VoiceService
from ivr.webhooks.failures import note
from ivr.webhooks.gate import Webhook
from ivr.webhooks.replies import nothing
from runner.errors import Unavailable


class FactDesk:
    """Hands facts to the service; they never have an effect on what the caller hears."""

    def __init__(self, service: VoiceService) -> None:
        self._service = service

    def status(self, webhook: Webhook) -> Response:
        """Answer `/ivr/status`; a callback without a call's id says nothing."""
        fact, leg = call_fact(webhook.form, webhook.at), leg_of(webhook.query)
        return _noted("status", lambda: self._service.fact(fact, leg)) if fact.sid else nothing()

    def recording(self, webhook: Webhook) -> Response:
        """Answer `/ivr/recording`; a callback without a recording's id says nothing."""
        fact = recording_fact(webhook.form, webhook.at)
        known = fact.sid or fact.call
        return _noted("recording", lambda: self._service.recording(fact)) if known else nothing()


def _noted(where: str, take: Callable[[], None]) -> Response:
    try:
        take()
    except Unavailable as problem:
        note(where, problem)
        return nothing(503)
    except Exception as problem:  # noqa: BLE001  sending a fact again would not mend our fault
        note(where, problem)
    return nothing()
