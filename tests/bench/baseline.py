"""The baseline: the same conversation by hand, as a stateless Flask handler on twilio's library."""

import os

from flask import Flask, Response, request
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse

QUESTIONS = (
    "For sales press 1, for support press 2.",
    "For new orders press 1, for old orders press 2.",
    "For delivery press 1, for invoices press 2.",
    "For today press 1, for tomorrow press 2.",
    "To hear this again press 1, to end press 2.",
)
BASE = os.environ["PUBLIC_URL"]
OVERRIDES = "#ct=2000&rt=4500&tt=14500&rc=2&rp=ct,rt,5xx"
validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])


def create_app() -> Flask:
    """Build the application."""
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/ivr/voice", view_func=turn, methods=["POST"], defaults={"number": 0})
    app.add_url_rule("/ivr/turn/<sid>/<int:number>", view_func=turn, methods=["POST"])
    return app


def turn(number: int, sid: str = "") -> Response:
    """Answer one request: check its signature, say what was chosen, ask the next question."""
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(BASE + request.full_path.rstrip("?"), request.form, signature):
        return Response(status=403)
    document = VoiceResponse()
    chosen = request.form.get("Digits", "")
    said = f"You chose {chosen}." if number else "Welcome to Acme."
    document.say(said, language="en-US")
    if number < len(QUESTIONS):
        ask(document, number, sid or request.form["CallSid"])
    else:
        document.say("Thank you for calling Acme.", language="en-US")
        document.hangup()
    return Response(
        str(document),
        content_type="text/xml; charset=utf-8",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )


def ask(document: VoiceResponse, number: int, sid: str) -> None:
    """Ask one question, and come back whether it is answered or not."""
    action = f"{BASE}/ivr/turn/{sid}/{number + 1}?q=gather{OVERRIDES}"
    gather = Gather(
        input="dtmf",
        action=action,
        method="POST",
        action_on_empty_result=True,
        timeout=5,
        num_digits=1,
        finish_on_key="",
    )
    gather.say(QUESTIONS[number], language="en-US")
    document.append(gather)
    document.redirect(action, method="POST")
