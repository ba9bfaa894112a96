"""The carrier's door for messages: `/digital/sms` for SMS and WhatsApp, and reports on ours."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs

import structlog
from flask import Blueprint, Response
from flask.blueprints import BlueprintSetupState

from digital.carrier.form import clean
from digital.carrier.gate import Gate, Letter, no_answer, nothing
from digital.carrier.states import report_of
from digital.sms.parse import Confirms, incoming
from runner.carrier.door import WebhookSettings
from runner.errors import Unavailable
from runner.messages.channels import Incoming, Report, Taken
from runner.walker import place_of

_log = structlog.get_logger(__name__)

_ID = 200
"""Characters of an id of ours."""

Take = Callable[[Incoming], Taken]
"""The one door of messages; raises `Unavailable` while the store is away."""


def _uncounted(reason: str) -> None:
    del reason


def _now() -> datetime:
    return datetime.now(UTC)


def _without_redirects(state: BlueprintSetupState) -> None:
    # A doubled slash would be answered by a redirect, which carriers follow without the form.
    state.app.url_map.merge_slashes = False


class _Desk:
    """Hands on what is admitted, and answers when it is committed."""

    def __init__(self, take: Take, report: Callable[[Report], None], confirms: Confirms) -> None:
        self._take, self._report, self._confirms = take, report, confirms

    def arrived(self, letter: Letter) -> Response:
        """Answer a message: an empty document, or 503 while the store is away.

        The carrier does not bring it again; it is found in its list of messages (`missed`).
        """
        found = incoming(letter.form, letter.at, self._confirms)
        if found is None:
            _log.warning("a message without sender or recipient", fields=len(letter.form))
            return no_answer()
        try:
            taken = self._take(found)
        except Unavailable:
            _log.warning("a message came while the store was away", channel=found.channel)
            return nothing(503)
        except Exception as problem:  # noqa: BLE001  it is found again in the carrier's list
            _log.error("a message was not taken", channel=found.channel, at=place_of(problem))
            return nothing(500)
        if taken.unbound:
            _log.warning("a message for an address without a flow", channel=found.channel)
        return no_answer()

    def told(self, letter: Letter) -> Response:
        """Answer a report; its carrier tries again after 503."""
        found = report_of(letter.form, _named(letter.query), letter.at)
        try:
            if found is not None:
                self._report(found)
        except Unavailable:
            return nothing(503)
        except Exception as problem:  # noqa: BLE001  to send a fact again would not mend our fault
            _log.error("a report was not taken", at=place_of(problem))
        return nothing()


def _named(query: str) -> str:
    """Read which message of ours a report's address names; "" for none."""
    try:
        named = parse_qs(query, max_num_fields=20).get("message", [""])
    except ValueError:
        return ""
    return clean(named[0], _ID)


def messages_blueprint(
    take: Take,
    report: Callable[[Report], None],
    settings: WebhookSettings,
    confirms: Confirms,
    refused: Callable[[str], None] = _uncounted,
    now: Callable[[], datetime] = _now,
) -> Blueprint:
    """Build the message webhooks.

    `confirms` says at which of our SMS senders the carrier itself answers opt-outs. `refused` hears
    the reason of every request turned away. `now` gives the aware time at which one arrived.
    """
    gate, desk = Gate(settings, refused, now), _Desk(take, report, confirms)
    blueprint = Blueprint("messages", __name__, url_prefix="/digital/sms")
    blueprint.record_once(_without_redirects)
    for rule, handle in (("", desk.arrived), ("/status", desk.told)):
        blueprint.add_url_rule(
            rule,
            rule.strip("/") or "arrived",
            lambda handle=handle: gate.admit(handle),
            methods=["POST"],
            strict_slashes=False,
            provide_automatic_options=False,
        )
    return blueprint
