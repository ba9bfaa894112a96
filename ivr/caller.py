"""What a flow sees of a call as `call`: the carrier's words for who calls and from where."""

import re
from collections.abc import Mapping
from typing import Any

_WITHHELD_WORDS = (
    "anonymous", "restricted", "blocked", "unknown", "unavailable", "private", "withheld",
)  # fmt: skip
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")

WITHHELD_NUMBERS = frozenset(word.translate(_KEYPAD) for word in _WITHHELD_WORDS)
"""Carriers spell the word on the keys of a telephone: +266696687 is "anonymous"."""

_NUMBER = re.compile(r"\+?[0-9]{2,20}")
_ADDRESS = re.compile(r"(?:sips?|client|whatsapp):\S+", re.IGNORECASE)
_LOST_PLUS = re.compile(r" [1-9][0-9]{6,14}")

_FIELDS = {
    "sid": "CallSid",
    "direction": "Direction",
    "caller_name": "CallerName",
    "forwarded_from": "ForwardedFrom",
    "city": "FromCity",
    "state": "FromState",
    "zip": "FromZip",
    "country": "FromCountry",
    "stir": "StirVerstat",
}


def address(text: str) -> str:
    """Make a number or SIP address of what was sent.

    A plus sign that a hand-written form did not escape arrives as a space, and is put back.
    """
    return f"+{text.strip()}" if _LOST_PLUS.fullmatch(text) else text.strip()


def is_withheld(sender: str) -> bool:
    """Whether a caller's number is none: a word for it, its spelling on keys, or no number."""
    if _ADDRESS.fullmatch(sender):
        user = sender.partition(":")[2].partition("@")[0]
        return user.lower() in _WITHHELD_WORDS or not user
    return sender.lstrip("+") in WITHHELD_NUMBERS or not _NUMBER.fullmatch(sender)


def caller(form: Mapping[str, str], sender: str, recipient: str) -> dict[str, Any]:
    """Gather the `call` scope; `from` is empty when the number is withheld.

    `parameters` holds the SIP headers of a call that came over SIP, under the carrier's names.
    """
    withheld = is_withheld(sender)
    known = {name: form.get(field, "") for name, field in _FIELDS.items()}
    headers = {key: value for key, value in form.items() if key.startswith("SipHeader_")}
    return {
        "from": "" if withheld else sender,
        "to": recipient,
        "withheld": withheld,
        **known,
        "parameters": headers,
    }
