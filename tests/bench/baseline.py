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
validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
OVERRIDES = "#ct=2000&rt=4500&tt=14500&rc=2&rp=ct,rt,5xx"


def create_app() -> Flask:
    """Build the application."""
    app = Flask(__name__)
    app.add_url_rule("/ivr/voice", view_func=turn, methods=["POST"], defaults={"number": 0})
    app.add_url_rule("/ivr/turn/<sid>/<int:number>", view_func=turn, methods=["POST"])
    return app


def turn(number: int, sid: str = "") -> Response:
    """Answer one request: check its signature, say what was chosen, ask the next question."""
    signature = request.headers.get("X-Twilio-Signature", "")
    url = BASE + request.full_path.rstrip("?")
    if not validator.validate(url, request.form, signature):
        return Response(status=403)
    document = VoiceResponse()
    say = {"language": "en-US"}
    chosen = request.form.get("Digits", "")
    document.say(f"You chose {chosen}." if number else "Welcome to Acme.", **say)
    if number == len(QUESTIONS):
        document.say("Thank you for calling Acme.", **say)
        document.hangup()
        return Response(str(document), content_type="text/xml; charset=utf-8")
    action = f"{BASE}/ivr/turn/{request.form['CallSid']}/{number + 1}?q=gather{OVERRIDES}"
    gather = Gather(
        action=action,
        action_on_empty_result=True,
        barge_in=True,
        input="dtmf",
        language="en-US",
        method="POST",
        num_digits=1,
        timeout=5,
    )
    gather.say(QUESTIONS[number], **say)
    document.append(gather)
    document.redirect(action, method="POST")
    return Response(
        str(document),
        content_type="text/xml; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )
