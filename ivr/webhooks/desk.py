"""Answer the requests of calls: first requests, turns, and the fallback that stands for either."""

from dataclasses import replace

from flask import Response

from flow.ledger import Answer
from ivr.addresses import FALLBACK_ONLY, Place, held_address, place, place_of_url
from ivr.caller import address, caller
from ivr.events import FINAL, event, has_input, is_mere_fact
from ivr.render import TwimlRenderer
from ivr.service import Arrival, VoiceService
from ivr.webhooks.failures import note
from ivr.webhooks.gate import Webhook
from ivr.webhooks.replies import answered
from ivr.webhooks.rooms import RoomDesk
from runner.errors import Unavailable

HOLDS = 60
"""Times a caller is held, two seconds each, while the store is away; then comes the apology."""


class Desk:
    """Hands a call's requests to the service; whatever happens, the caller hears something."""

    def __init__(
        self, service: VoiceService, renderer: TwimlRenderer, public_url: str, rooms: RoomDesk
    ) -> None:
        self._service, self._rooms = service, rooms
        self._renderer = renderer
        self._public_url = public_url

    def call(self, webhook: Webhook) -> Response:
        """Answer `/ivr/voice` or a turn's address."""
        return self._answer(place(webhook.path, webhook.query), webhook, webhook.form)

    def fallback(self, webhook: Webhook) -> Response:
        """Answer for the address that failed: the same turn, the same bytes.

        Only our own addresses are honoured; for any other the caller hears the apology. The form
        may differ from the one that failed, so its fingerprint says nothing and is left empty.
        """
        answer = self._rooms.fallback(webhook)
        if answer is not None:
            return answer
        where = place_of_url(webhook.form.get("ErrorUrl", ""), self._public_url)
        form = {key: value for key, value in webhook.form.items() if key not in FALLBACK_ONLY}
        return self._answer(where, replace(webhook, fingerprint=""), form)

    def _answer(self, where: Place | None, webhook: Webhook, form: dict[str, str]) -> Response:
        nobody = where is not None and not where.execution and not form.get("CallSid")
        if where is None or nobody:
            return answered(self._renderer.apology(""))
        try:
            return answered(self._served(where, webhook, form))
        except Unavailable as problem:
            note("held", problem)
            return answered(self._held(where, form))
        except Exception as problem:  # noqa: BLE001  no error of any kind may leave a caller in silence
            note("turn" if where.execution else "voice", problem)
            return answered(self._renderer.apology(""))

    def _held(self, where: Place, form: dict[str, str]) -> Answer:
        if where.held >= HOLDS:
            return self._renderer.apology("")
        return self._renderer.come_back(held_address(self._public_url, where, form))

    def _served(self, where: Place, webhook: Webhook, form: dict[str, str]) -> Answer:
        if not where.execution:
            return self._service.arrive(_arrival(form, webhook))
        if is_mere_fact(form, where.hint):
            return self._renderer.empty()
        left = form.get("CallStatus") in FINAL
        if where.hint == "again" and not left and not has_input(form):
            return self._service.again(where.execution, where.token)
        happened = event({**where.carried, **form}, where.hint, webhook.at)
        return self._service.move(where.execution, where.token, webhook.fingerprint, happened)


def _arrival(form: dict[str, str], webhook: Webhook) -> Arrival:
    sender, recipient = address(form.get("From", "")), address(form.get("To", ""))
    call = caller(form, sender, recipient)
    sid = form.get("CallSid", "")
    return Arrival(
        sid=sid,
        sender=call["from"],
        recipient=recipient,
        fingerprint=webhook.fingerprint,
        at=webhook.at,
        call=call,
    )
