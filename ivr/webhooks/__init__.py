"""The carrier's door: the Flask blueprint of `/ivr/…`."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Response
from flask.blueprints import BlueprintSetupState

from ivr.render import TwimlRenderer
from ivr.service import VoiceService
from ivr.webhooks.desk import Desk
from ivr.webhooks.facts import FactDesk
from ivr.webhooks.gate import Gate, Webhook
from ivr.webhooks.rooms import RoomDesk
from runner.carrier.door import WebhookSettings


def _uncounted(reason: str) -> None:
    del reason


def _now() -> datetime:
    return datetime.now(UTC)


def _without_redirects(state: BlueprintSetupState) -> None:
    # A doubled slash would be answered by a redirect, which carriers follow without the form.
    state.app.url_map.merge_slashes = False


def voice_blueprint(
    service: VoiceService,
    renderer: TwimlRenderer,
    settings: WebhookSettings,
    refused: Callable[[str], None] = _uncounted,
    now: Callable[[], datetime] = _now,
) -> Blueprint:
    """Build the voice webhooks.

    `refused` hears the reason of every request turned away, for a counter. `now` gives the aware
    time at which a request arrived.
    """
    gate = Gate(settings, refused, now)
    rooms = RoomDesk(service, renderer, settings.public_url)
    desk = Desk(service, renderer, settings.public_url, rooms)
    facts = FactDesk(service)
    blueprint = Blueprint("voice", __name__, url_prefix="/ivr")

    def route(rule: str, handle: Callable[[Webhook], Response]) -> None:
        def view(**parts: str) -> Response:
            del parts
            return gate.admit(handle)

        name = rule.split("/")[1]
        blueprint.add_url_rule(
            rule,
            name,
            view,
            methods=["POST"],
            strict_slashes=False,
            provide_automatic_options=False,
        )

    blueprint.record_once(_without_redirects)
    route("/voice", desk.call)
    route("/turn/<execution>/<token>", desk.call)
    route("/wait/<execution>/<token>", rooms.wait)
    route("/hold/<leg>/<token>", rooms.hold)
    route("/leg/<leg>/<token>", rooms.leg)
    route("/fallback", desk.fallback)
    route("/status", facts.status)
    route("/recording", facts.recording)
    return blueprint
