"""What mail servers say of a mail of ours becomes the state of the message."""

import pytest

from digital.email.limits import Limits
from digital.email.parse import parse
from digital.email.reports import report_of
from runner.messages.channels import Report
from tests.digital.email.house import MARKS, NOON

OURS = MARKS.message_id("c" * 32, "m1", "acme.example")


def dsn(fields: str, message_id: str = OURS, kind: str = "message/rfc822") -> bytes:
    """Write a report as in RFC 3464, appendix E."""
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: help@acme.example\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="R"\r\n\r\n'
        "--R\r\n\r\nYour mail could not be delivered.\r\n"
        "--R\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; ann@example.org\r\n{fields}\r\n"
        f"--R\r\nContent-Type: {kind}\r\n\r\nMessage-ID: <{message_id}>\r\n\r\nold\r\n"
        "--R--\r\n"
    ).encode()


def told(raw: bytes) -> Report | None:
    return report_of(parse(raw, Limits()), MARKS, NOON)


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_bounce_says_which_message_and_why(kind: str) -> None:
    fields = "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 No such user"
    found = told(dsn(fields, kind=kind))
    assert found == Report(
        *("email", "undelivered", NOON, OURS, "m1", 550),
        reason="5.1.1: the address is not known there",
    )


def test_without_a_reply_the_status_gives_the_code() -> None:
    found = told(dsn("Action: failed\r\nStatus: 4.4.7"))
    assert found is not None
    assert (found.code, found.reason) == (400, "4.4.7: the way there does not work")


def test_a_success_is_delivered_and_a_delay_is_no_news() -> None:
    found = told(dsn("Action: delivered\r\nStatus: 2.0.0"))
    assert found is not None
    assert found.state == "delivered"
    assert told(dsn("Action: delayed\r\nStatus: 4.4.1")) is None


def test_a_report_on_what_is_not_ours_is_none() -> None:
    assert told(dsn("Action: failed\r\nStatus: 5.1.1", "other@acme.example")) is None
    forged = OURS.replace("m1", "m2")
    assert told(dsn("Action: failed\r\nStatus: 5.1.1", forged)) is None


def test_a_read_receipt_is_read() -> None:
    raw = (
        "From: ann@example.org\r\nContent-Type: multipart/report; boundary=R;"
        " report-type=disposition-notification\r\n\r\n--R\r\n\r\nread\r\n--R\r\n"
        f"Content-Type: message/disposition-notification\r\n\r\nOriginal-Message-ID: <{OURS}>\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n--R--\r\n"
    )
    found = told(raw.encode())
    assert found is not None
    assert (found.state, found.message) == ("read", "m1")
    assert told(raw.replace("; displayed", "; deleted").encode()) is None


def test_an_old_mail_server_bounces_in_words() -> None:
    raw = (
        "From: Mail Delivery System <Mailer-Daemon@mx.example>\r\n"
        "X-Failed-Recipients: ann@example.org\r\n\r\nIt failed.\r\n\r\n"
        f"------ This is a copy of the message ------\r\nMessage-ID: <{OURS}>\r\n"
    )
    found = told(raw.encode())
    assert found is not None
    assert (found.state, found.message, found.reason) == ("undelivered", "m1", "refused")


def test_a_mail_of_a_person_is_no_report() -> None:
    assert told(f"From: ann@example.org\r\nIn-Reply-To: <{OURS}>\r\n\r\nhello".encode()) is None
