"""The fields of a message webhook as bounded text, and the addresses in them."""

import re
from collections.abc import Iterable, Mapping

from desk.conversations import ChannelName

FIELD, TEXT = 1_000, 8_000
"""Characters kept of a field, and of what the contact wrote: WhatsApp allows 4,096."""

FIELDS = 300
"""Fields kept: ten files and a referral make about sixty."""

WHATSAPP = "whatsapp:"

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_SHORT = re.compile(r"\d{3,8}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}")


def read(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Make a mapping of form fields; of a repeated key the first value counts."""
    found: dict[str, str] = {}
    for key, value in pairs:
        if len(found) == FIELDS:
            break
        found.setdefault(key[:100], clean(value, TEXT if key == "Body" else FIELD))
    return found


def clean(text: str, most: int) -> str:
    """Take control characters out of a text; lines and tabs stay."""
    return _CONTROL.sub("", text[:most].replace("\r\n", "\n").replace("\r", "\n"))


def channel_of(form: Mapping[str, str]) -> ChannelName:
    """Say which channel a webhook is of: addresses of WhatsApp have a prefix."""
    both = (form.get("From", ""), form.get("To", ""))
    return "whatsapp" if any(each.startswith(WHATSAPP) for each in both) else "sms"


def address(text: str) -> str:
    """Give an address as it is kept: E.164 or a short code, without prefix; "" for none."""
    plain = text.removeprefix(WHATSAPP).strip()
    return plain if is_number(plain) else ""


def is_number(plain: str) -> bool:
    """Whether a message can be sent there: a number in E.164, or a short code."""
    return bool(_NUMBER.fullmatch(plain) or _SHORT.fullmatch(plain))


def is_name(plain: str) -> bool:
    """Whether it is an alphanumeric sender: such messages cannot be answered."""
    return bool(_NAME.fullmatch(plain))
