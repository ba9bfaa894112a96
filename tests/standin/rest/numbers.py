"""IncomingPhoneNumbers: the account's numbers and their addresses, listed, looked at, changed.

"The IncomingPhoneNumbers list resource represents an account's Twilio phone numbers"; a POST to one
of them changes the properties that it names and leaves the others.
"""

from tests.standin.exchange import Exchange, Number
from tests.standin.rest import shapes
from tests.standin.rest.wire import Answered, Asked, RestError, missing

ADDRESSES = {
    "VoiceUrl": "voice",
    "VoiceFallbackUrl": "fallback",
    "StatusCallback": "status",
    "SmsUrl": "sms",
}
METHODS = ("VoiceMethod", "VoiceFallbackMethod", "StatusCallbackMethod", "SmsMethod")


def listed(exchange: Exchange, asked: Asked) -> Answered:
    """List the numbers; `PhoneNumber` is a whole one here."""
    wanted = asked.form.get("PhoneNumber", "")
    found = [each for each in exchange.numbers.items() if wanted in {"", each[0]}]
    return shapes.page(asked, "incoming_phone_numbers", found, lambda each: shapes.number(*each))


def fetch(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """Look at a number."""
    return Answered(shapes.number(*_found(exchange, asked, sid)))


def update(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """Change the addresses that are named."""
    name, number = _found(exchange, asked, sid)
    for field, kept in ADDRESSES.items():
        given = asked.form.get(field)
        if given and not given.startswith(("http://", "https://")):
            raise RestError(400, 21402 if field == "VoiceUrl" else 21502, f"{field} is not valid")
        if given is not None:
            setattr(number, kept, given)
    for field in METHODS:
        given = asked.form.get(field)
        if given not in {None, "GET", "POST"}:
            raise RestError(400, 21403, f"{field} is not valid")
        if given is not None:
            number.methods[field] = given
    return Answered(shapes.number(name, number))


def _found(exchange: Exchange, asked: Asked, sid: str) -> tuple[str, Number]:
    for name, number in exchange.numbers.items():
        if number.sid == sid:
            return name, number
    raise missing(asked.path)
