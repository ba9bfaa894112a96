"""How an address is written where it is kept and compared."""

import re

import phonenumbers

from store.errors import Unstorable

_CHAT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_MAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")
_SHORT = re.compile(r"[0-9]{3,8}")
LONGEST = 320  # an e-mail address: RFC 5321 section 4.5.3.1


def normalised(address: str) -> str:
    """Give `+15550100001`, `sms:+…`, `whatsapp:+…`, `chat:NAME` or `mailto:…` in its one form.

    Raises:
        Unstorable: it is none of these.
    """
    plain = address.strip()
    kind, colon, rest = plain.partition(":")
    kind = kind.lower() if colon else ""
    if len(plain) <= LONGEST:
        if kind == "" and (found := number(plain)):
            return found
        if kind in {"sms", "whatsapp"} and (found := _message_number(kind, rest)):
            return f"{kind}:{found}"
        if kind == "chat" and _CHAT.fullmatch(rest):
            return f"chat:{rest.lower()}"
        if kind == "mailto" and _MAIL.fullmatch(rest):
            return f"mailto:{rest.lower()}"
    raise Unstorable(
        f"{plain[:80]!r} is no address: write +15550100001, sms:+15550100001,"
        " whatsapp:+15550100001, chat:NAME or mailto:NAME@DOMAIN"
    )


def number(text: str) -> str:
    """Give a telephone number in E.164 with its `+`, or "" when it is no possible one."""
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def lookup_number(text: str) -> str:
    """Give a contact's number as it is kept: E.164 where it is one, else as it was written."""
    return number(text) or text.strip()


def lookup_email(text: str) -> str:
    """Give an e-mail address as it is kept and compared."""
    return text.strip().lower()


def _message_number(kind: str, text: str) -> str:
    """Give a number that messages go to; text messages have short codes as well."""
    return number(text) or (text if kind == "sms" and _SHORT.fullmatch(text) else "")
