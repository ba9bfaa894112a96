"""Who calls: numbers as carriers write them, and callers who withhold theirs."""

import pytest

from ivr.caller import WITHHELD_NUMBERS, address, caller, is_withheld


@pytest.mark.parametrize(
    "sender",
    [
        "anonymous", "Anonymous", "unknown", "Restricted", "+266696687", "266696687",
        "+7378742833", "+2562533", "+8656696", "+86282452253", "", "+", "unavailable", "Private",
        "John Smith", "+1 555 0100", "sip:anonymous@anonymous.invalid", "+1555<b>", "sip:",
        "sip:@x",
    ],
)  # fmt: skip
def test_withheld(sender: str) -> None:
    assert is_withheld(sender)


@pytest.mark.parametrize(
    "sender", ["+15550100001", "15550100001", "1001", "sip:ann@pbx.example", "client:ann"]
)
def test_known(sender: str) -> None:
    assert not is_withheld(sender)


def test_the_keypad_spells_what_carriers_list() -> None:
    """The carrier's page: +266696687 anonymous, +7378742833 restricted, +2562533 blocked."""
    assert {"266696687", "7378742833", "2562533", "86282452253"} <= WITHHELD_NUMBERS


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (" 15550100001", "+15550100001"),
        ("+15550100001", "+15550100001"),
        (" x ", "x"),
        (" 12", "12"),
    ],
)
def test_a_plus_that_was_not_escaped_is_put_back(sent: str, meant: str) -> None:
    assert address(sent) == meant


def test_the_scope_of_a_call() -> None:
    form = {
        "CallSid": "CA1", "Direction": "inbound", "CallerName": "ANN",
        "ForwardedFrom": "+15550100009",
        "FromCity": "Lisboa", "FromState": "11", "FromZip": "1000", "FromCountry": "PT",
        "StirVerstat": "TN-Validation-Passed-A", "SipHeader_X-Account": "7",
        "ApiVersion": "2010-04-01",
    }  # fmt: skip
    assert caller(form, "+15550100001", "+15550100002") == {
        "from": "+15550100001",
        "to": "+15550100002",
        "withheld": False,
        "sid": "CA1",
        "direction": "inbound",
        "caller_name": "ANN",
        "forwarded_from": "+15550100009",
        "city": "Lisboa",
        "state": "11",
        "zip": "1000",
        "country": "PT",
        "stir": "TN-Validation-Passed-A",
        "parameters": {"SipHeader_X-Account": "7"},
    }


def test_a_withheld_number_is_empty() -> None:
    scope = caller({}, "+266696687", "+15550100002")
    assert scope["from"] == ""
    assert scope["withheld"] is True
