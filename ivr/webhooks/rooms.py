"""Answer the requests of waiting rooms and of the legs that we placed."""

from collections.abc import Callable
from dataclasses import replace

from flask import Response

from flow.ledger import Answer
from ivr.addresses import FALLBACK_ONLY, HOLD, WAIT, Room, own_target, room
from ivr.events import FINAL, pressed
from ivr.facts import call_fact
from ivr.render import TwimlRenderer
from ivr.service import LegRequest, VoiceService, Waits
from ivr.webhooks.failures import note
from ivr.webhooks.gate import Webhook
from ivr.webhooks.replies import answered
from runner.errors import Unavailable


class RoomDesk:
    """Hands these requests to the service; whatever happens, somebody hears something."""

    def __init__(self, service: VoiceService, renderer: TwimlRenderer, public_url: str) -> None:
        self._service, self._renderer, self._public_url = service, renderer, public_url

    def wait(self, webhook: Webhook) -> Response:
        """Answer `/ivr/wait/…`: what is heard in the waiting room."""
        return self._answer("wait", webhook, self._waits)

    def hold(self, webhook: Webhook) -> Response:
        """Answer `/ivr/hold/…`: what is heard on hold."""
        return self._answer(
            "hold", webhook, lambda where, _: self._service.hold(where.name, where.token)
        )

    def leg(self, webhook: Webhook) -> Response:
        """Answer `/ivr/leg/…`: an agent or a contact whom we called."""
        return self._answer("leg", webhook, self._leg)

    def fallback(self, webhook: Webhook) -> Response | None:
        """Answer for an address of ours that failed; None: it is of no room and no leg."""
        target = own_target(webhook.form.get("ErrorUrl", ""), self._public_url)
        if target is None or room(*target) is None:
            return None
        form = {key: value for key, value in webhook.form.items() if key not in FALLBACK_ONLY}
        again = replace(webhook, path=target[0], query=target[1], form=form, fingerprint="")
        if target[0].startswith(HOLD):
            return self.hold(again)
        return self.wait(again) if target[0].startswith(WAIT) else self.leg(again)

    def _waits(self, where: Room, webhook: Webhook) -> Answer:
        return self._service.wait(
            Waits(
                execution=where.name,
                token=where.token,
                heard=where.heard,
                at=webhook.at,
                digits=pressed(webhook.form),
                over=webhook.form.get("CallStatus", "") in FINAL,
            )
        )

    def _leg(self, where: Room, webhook: Webhook) -> Answer:
        return self._service.leg(
            LegRequest(
                leg=where.name,
                token=where.token,
                fact=call_fact(webhook.form, webhook.at),
                fingerprint=webhook.fingerprint,
                digits=pressed(webhook.form),
                hint=where.hint,
                answered_by=webhook.form.get("AnsweredBy", ""),
            )
        )

    def _answer(
        self, name: str, webhook: Webhook, serve: Callable[[Room, Webhook], Answer]
    ) -> Response:
        where = room(webhook.path, webhook.query)
        if where is None:
            return answered(self._renderer.apology(""))
        try:
            return answered(serve(where, webhook))
        except Unavailable as problem:
            note("held", problem)
            target = f"{webhook.path}?{webhook.query}" if webhook.query else webhook.path
            return answered(self._renderer.come_back(f"{self._public_url.rstrip('/')}{target}"))
        except Exception as problem:  # noqa: BLE001  no error of any kind may leave a caller in silence
            note(name, problem)
            return answered(self._renderer.apology(""))
