"""What a machine wrote is never answered (RFC 3834; fault 31)."""

import pytest

from digital.email.automatic import automatic
from digital.email.headers import Headers
from tests.digital.email.house import HELP, MARKS

ANN = ("From", "Ann <ann@example.org>")
OURS = f"<{MARKS.message_id('c1', 'm1', 'acme.example')}>"


def judged(*pairs: tuple[str, str], envelope: str = "ann@example.org") -> str:
    return automatic(Headers(pairs), envelope, HELP, MARKS)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (("Auto-Submitted", "auto-replied"), "Auto-Submitted"),
        (("Auto-Submitted", "auto-generated; owner-email=x"), "Auto-Submitted"),
        (("auto-submitted", "AUTO-NOTIFIED"), "Auto-Submitted"),
        (("Precedence", "bulk"), "Precedence"),
        (("Precedence", "Junk"), "Precedence"),
        (("Precedence", "list"), "Precedence"),
        (("List-Id", "<news.example.org>"), "List-Id"),
        (("List-Unsubscribe", "<https://x.example>"), "List-Unsubscribe"),
        (("X-Autoreply", "yes"), "X-Autoreply"),
        (("Return-Path", "<>"), "null return path"),
        (("X-Loop", MARKS.loop), "our own X-Loop"),
        (("Message-ID", OURS), "our own mail"),
    ],
)
def test_headers_of_machines(header: tuple[str, str], reason: str) -> None:
    assert judged(ANN, header) == reason


@pytest.mark.parametrize(
    "sender",
    [
        *("MAILER-DAEMON@example.org", "no-reply@x.example", "noreply@x.example"),
        *("donotreply@x.example", "do-not-reply@x.example", "no_reply+1@x.example"),
        *("bounces@x.example", "bounce-12@x.example", "owner-list@x.example"),
        *("list-request@x.example", "postmaster@x.example", "news-noreply@x.example"),
    ],
)
def test_addresses_of_machines(sender: str) -> None:
    assert judged(("From", sender)) == "a machine's address"
    assert judged(ANN, envelope=sender) == "a machine's address"


def test_our_own_domain_and_nobody() -> None:
    assert judged(("From", "bob@ACME.example")) == "our own domain"
    assert judged(ANN, envelope="SRS0=x=example.org=ann@acme.example") == ""
    assert judged(envelope="") == "no sender"
    assert judged(ANN, envelope="<>") == "null return path"


@pytest.mark.parametrize(
    "header",
    [
        *(("Auto-Submitted", "no"), ("Precedence", "normal"), ("X-Loop", "another@x.example")),
        *(("From", "noreen@example.org"), ("In-Reply-To", OURS), ("Return-Path", "<a@x.example>")),
    ],
)
def test_people_are_answered(header: tuple[str, str]) -> None:
    pairs = (header,) if header[0] == "From" else (ANN, header)
    assert judged(*pairs) == ""
