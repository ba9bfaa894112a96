"""Says which voice addresses an agent may have: a number, a SIP URI, or a browser client.

`+number` is E.164; `sip:` is judged as the dial rules judge it (RFC 3261, section 19.1); the
identity after `client:` is kept to characters that need no escaping in a URL or in XML.
"""

import re
from typing import Literal

import phonenumbers

from desk.dial_rules import DialRules

Kind = Literal["number", "sip", "client"]

_CLIENT = re.compile(r"client:[A-Za-z0-9_.@+-]{1,120}")
_SEPARATORS = re.compile(r"[\s().\-/]")
_NUMBER = re.compile(r"\+[1-9]\d{1,14}")
_NOTHING_LISTED = DialRules(frozenset())


def kind_of(address: str) -> Kind:
    """Name the kind of a valid address."""
    if address.startswith("+"):
        return "number"
    return "client" if address.startswith("client:") else "sip"


def normal(address: str) -> str:
    """Bring an agent's address into the one form that is kept: E.164, or the URI itself.

    Raises:
        ValueError: it is no address; the text says what is.
    """
    text = address.strip()
    if text.startswith("+"):
        return _number(text)
    if text.lower().startswith("client:"):
        if not _CLIENT.fullmatch(text):
            raise ValueError("after client: use letters, digits and _ . @ + - only")
        return text
    if text.lower().startswith(("sip:", "sips:")):
        if _NOTHING_LISTED.check(text).outcome != "allowed":
            raise ValueError("it is not a SIP URI; write sip:ann@pbx.example.com")
        return text
    raise ValueError("write a number as +15550101001, sip:ann@example.com or client:ann")


def _number(text: str) -> str:
    plain = _SEPARATORS.sub("", text)
    possible = False
    if _NUMBER.fullmatch(plain):
        try:
            possible = phonenumbers.is_possible_number(phonenumbers.parse(plain))
        except phonenumbers.NumberParseException:
            possible = False
    if not possible:
        raise ValueError("it is not a possible number; write +, country code and number")
    return plain
