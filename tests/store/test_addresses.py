"""Addresses have one form where they are kept."""

import pytest

from store.addresses import normalised
from store.errors import Unstorable


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("+15550100001", "+15550100001"),
        (" +1 (555) 010-0001 ", "+15550100001"),
        ("sms:+15550100001", "sms:+15550100001"),
        ("SMS:+1 555 010 0001", "sms:+15550100001"),
        ("sms:12345", "sms:12345"),
        ("whatsapp:+351210000000", "whatsapp:+351210000000"),
        ("chat:Web-Shop", "chat:web-shop"),
        ("mailto:Help@Example.org", "mailto:help@example.org"),
    ],
)
def test_one_form(given: str, kept: str) -> None:
    assert normalised(given) == kept
    assert normalised(kept) == kept


@pytest.mark.parametrize(
    "given",
    [
        *("", "+", "5550100001", "+1555", "+99912345678901234567890", "tel:+15550100001"),
        *("sms:", "sms:anonymous", "whatsapp:12345", "chat:", "chat:a b", "chat:../x"),
        *("mailto:", "mailto:nobody", "mailto:a@b\r\nc", "mailto:" + "a" * 400 + "@b"),
    ],
)
def test_no_address(given: str) -> None:
    with pytest.raises(Unstorable, match="is no address: write"):
        normalised(given)
