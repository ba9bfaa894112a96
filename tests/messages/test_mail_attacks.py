"""Mails of attackers, over the whole product: nothing is added, nobody else is written to."""

import smtplib
from base64 import b64encode
from pathlib import Path

import pytest

from tests.messages.mails import ANN, answers, kept, open_desk, written
from tests.messages.town import MAILBOX, Town

VAIN = Path(__file__).parent / "vain.yaml"
EVIL = "x\r\nBcc: bob@evil.example\r\nX-Evil: 1\r\n\r\n.\r\nMAIL FROM:<eve@evil.example>"
WORDS = f"=?utf-8?B?{b64encode(EVIL.encode()).decode()}?="
KNOWN = {
    *("from", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version"),
    *("auto-submitted", "x-auto-response-suppress", "x-loop", "content-type"),
    "content-transfer-encoding",
}


def hand(town: Town, raw: bytes, sender: str = ANN) -> None:
    """Hand bytes in as they are."""
    with smtplib.SMTP("127.0.0.1", town.mail.port, timeout=60) as smtp:
        smtp.sendmail(sender, [MAILBOX], raw)


@pytest.mark.parametrize(
    "headers",
    [
        {"Subject": WORDS},
        {"Subject": "Lamp", "From": f"{WORDS} <{ANN}>"},
        {"Subject": "Lamp", "Message-Id": "<1@x>\r\n Bcc: <bob@evil.example>"},
        {"Subject": "Lamp", "References": f"<a@x> {WORDS} <b\x00@x>"},
        {"Subject": "Lamp\x00\x0b\x0cBcc: bob@evil.example"},
        {"Subject": "a" * 20_000, "References": "<a@x> " * 5_000},
        {"Subject": "=?utf-8?Q?=E2=80=AEBcc=3A?=", "Reply-To": "bob@evil.example"},
    ],
    ids=["subject", "name", "id", "references", "controls", "length", "elsewhere"],
)
def test_what_a_stranger_writes_adds_nothing_to_our_mail(
    town: Town, headers: dict[str, str]
) -> None:
    open_desk(town, VAIN)
    lines = ({"From": ANN} | headers).items()
    head = "".join(f"{name}: {value}\r\n" for name, value in lines)
    hand(town, f"{head}\r\n{EVIL}".encode())
    (got,) = answers(town, 1)
    assert (got.sender, got.to) == (MAILBOX, [ANN])
    assert {name.lower() for name in got.message} <= KNOWN
    assert max(len(line) for line in got.data.split(b"\r\n")) <= 998
    assert got.message["Bcc"] is None


def test_a_sender_who_is_a_list_gets_one_answer(town: Town) -> None:
    open_desk(town)
    many = ", ".join(f"v{number}@victim.example" for number in range(1_000))
    head = f"From: {ANN}, {many}\r\nReply-To: {many}\r\nCc: {many}\r\nSubject: x\r\n"
    hand(town, f"{head}\r\nhello".encode())
    assert answers(town, 1)[0].to == [ANN]


def test_a_thousand_recipients_are_one_mailbox_of_ours(town: Town) -> None:
    open_desk(town)
    with smtplib.SMTP("127.0.0.1", town.mail.port, timeout=60) as smtp:
        smtp.ehlo()
        smtp.mail(ANN)
        codes = [smtp.rcpt(f"help+{number}@acme.example")[0] for number in range(150)]
        assert set(codes) == {250}, "all are the same mailbox"
        assert smtp.data(f"From: {ANN}\r\nSubject: x\r\n\r\nhello".encode())[0] == 250
    answers(town, 1)
    assert len(kept(town)) == 1


def test_a_contact_whose_address_cannot_be_written_to_is_kept(town: Town) -> None:
    open_desk(town)
    hand(town, b'From: "a b"@shop.example\r\nSubject: x\r\n\r\nhello')
    hand(town, b"From: <a@b@c.example>\r\nSubject: x\r\n\r\nhello", sender="")
    assert len(kept(town)) == 2
    assert written(town) <= 1


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "hz", "iso-2022-kr", "rot13", "zlib", "x"])
def test_any_charset_is_read_or_kept(town: Town, charset: str) -> None:
    open_desk(town)
    head = f"From: {ANN}\r\nContent-Type: text/plain; charset={charset}\r\nSubject: \xff\r\n\r\n"
    hand(town, head.encode("latin-1") + b"+ADw-script+AD4- ~{<:Ky~} \x00\x1b$)C\x0e words")
    answers(town, 1)
    assert "\x00" not in kept(town)[0][1]


def test_a_bomb_is_kept_and_answered_in_time(town: Town) -> None:
    open_desk(town)
    levels = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (each, each)
        for each in range(1_500)
    )
    hand(town, b"From: ann@shop.example\r\nSubject: x\r\n" + levels + b"\r\nwords")
    assert "words" in answers(town, 1)[0].text
