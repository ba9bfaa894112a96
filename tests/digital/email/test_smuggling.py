"""Who says what ends a mail: RFC 5321, section 4.1.1.4 (`<CRLF>.<CRLF>`), and nothing else.

A server that takes other ends lets a sender smuggle a second mail behind the first ("SMTP
Smuggling", SEC Consult, December 2023; CVE-2023-51764 and others).
"""

import socket
from collections.abc import Iterator

import pytest

from digital.email.listener import Listener
from tests.digital.email.house import MemoryInbox, listening

ENDS = [
    *(b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\n\n.\r\n"),
    *(b"\r\n\x00.\r\n", b"\r\n.\x00\r\n", b"\r\n. \r\n", b"\r\r\n.\r\r\n", b"\n.\r\r\n"),
    b"\r\n..\r\n",
]
SECOND = (
    b"MAIL FROM:<ceo@acme.example>\r\nRCPT TO:<help@acme.example>\r\nDATA\r\nFrom: ceo\r\n\r\nPay"
)
HEAD = b"From: ann@example.org\r\nSubject: x\r\n\r\nhello"


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
def server(inbox: MemoryInbox) -> Iterator[Listener]:
    with listening(inbox) as listener:
        yield listener


def said(server: Listener, *sent: bytes) -> list[bytes]:
    """Say it all at once, and give the codes of what was answered."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        for each in sent:
            line.sendall(each)
        line.sendall(b"QUIT\r\n")
        with line.makefile("rb") as answers:
            return [answer[:3] for answer in answers if answer[3:4] != b"-"]


@pytest.mark.parametrize("end", ENDS, ids=[repr(each)[2:-1] for each in ENDS])
def test_no_second_mail_is_smuggled_behind_the_first(
    server: Listener, inbox: MemoryInbox, end: bytes
) -> None:
    begin = b"EHLO x\r\nMAIL FROM:<ann@example.org>\r\nRCPT TO:<help@acme.example>\r\nDATA\r\n"
    codes = said(server, begin, HEAD + end + SECOND + b"\r\n.\r\n")
    assert codes == [b"220", b"250", b"250", b"250", b"354", b"250", b"221"]
    assert inbox.only.raw.startswith(HEAD)
    assert b"Pay" in inbox.only.raw


def test_commands_that_came_along_are_answered_in_order(
    server: Listener, inbox: MemoryInbox
) -> None:
    one = b"MAIL FROM:<ann@example.org>\r\nRCPT TO:<help@acme.example>\r\nDATA\r\n" + HEAD
    mails = [one + b" %d\r\n.\r\n" % number for number in range(3)]
    codes = said(server, b"EHLO x\r\n" + b"".join(mails))
    assert codes == [b"220", b"250", *([b"250", b"250", b"354", b"250"] * 3), b"221"]
    assert [each.text for each in inbox.messages] == ["hello 0", "hello 1", "hello 2"]


def test_what_came_before_the_encryption_is_not_heard_within_it(
    server: Listener, inbox: MemoryInbox
) -> None:
    codes = said(server, b"EHLO x\r\nSTARTTLS\r\nMAIL FROM:<eve@example.org>\r\n")
    assert codes[:3] == [b"220", b"250", b"454"], "no certificate: nothing is begun"
    assert inbox.messages == []


NASTY = [
    b"RCPT TO:<help@acme.example\x00>\r\n",
    b"RCPT TO:<help@acme.example> NOTIFY=SUCCESS\r\n",
    b"RCPT TO:" + b"<" * 400 + b"\r\n",
    b"RCPT TO:<" + b"a" * 70_000 + b"@acme.example>\r\n",
    b"MAIL FROM:<a@b.example> SIZE=-1\r\n",
    b"MAIL FROM:<a@b.example> SIZE=99999999999999999999\r\n",
    b"MAIL FROM:<a@b.example> BODY=\xff\r\n",
    b"AUTH PLAIN AGEAYg==\r\n",
    b"VRFY help\r\nEXPN help\r\nHELP\r\n",
    b"\xff\xfe\x00\r\n",
    b"\r\n" * 50,
]


@pytest.mark.parametrize("line", NASTY, ids=[repr(each[:30])[2:-1] for each in NASTY])
def test_no_command_breaks_or_tells_anything(
    server: Listener, inbox: MemoryInbox, line: bytes
) -> None:
    codes = said(server, b"EHLO x\r\nMAIL FROM:<ann@example.org>\r\n", line)
    assert codes[-1] == b"221"
    assert inbox.messages == []
    assert said(server, b"EHLO x\r\n")[:2] == [b"220", b"250"], "others are served"
