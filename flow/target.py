"""What can be called: telephone numbers and SIP addresses, as flow authors write them."""

import re

_NUMBER = re.compile(r"\+[1-9][0-9 ().-]{5,24}")
_SIP = re.compile(r"sips?:[^\s<>]+", re.IGNORECASE)


def is_target(text: str) -> bool:
    """Say whether a text is a number with its country, or a SIP URI."""
    return bool(_NUMBER.fullmatch(text) or _SIP.fullmatch(text))


def is_number(text: str) -> bool:
    """Say whether a text is a number with its country."""
    return bool(_NUMBER.fullmatch(text))
