"""Mails as they come: texts, charsets, files, threads."""

from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from digital.email.incoming import NOBODY, Envelope, incoming_of
from digital.email.limits import Limits
from digital.email.parse import parse
from runner.messages.channels import Incoming
from tests.digital.email.house import HELP, MARKS, NOON


def read(raw: bytes, limits: Limits | None = None, sender: str = "ann@example.org") -> Incoming:
    mail = parse(raw, limits or Limits())
    return incoming_of(mail, Envelope(HELP, sender), MARKS, NOON)


def plain(text: str = "Hello", **headers: str) -> bytes:
    given = {"From": "Ann Bee <Ann@Example.org>", "To": HELP, "Subject": "Lamp", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + text).encode("utf-8")


def test_a_plain_mail_says_who_and_what() -> None:
    mail = read(plain(Message_ID="<1@example.org>", Date="Wed, 25 Nov 2026 12:00:00 +0000"))
    assert (mail.channel, mail.address, mail.peer) == ("email", HELP, "ann@example.org")
    assert (mail.name, mail.email, mail.text, mail.subject) == (
        *("Ann Bee", "ann@example.org", "Hello", "Lamp"),
    )
    assert not mail.automatic
    assert mail.details["thread"] == {"last": "1@example.org", "references": []}


@pytest.mark.parametrize(
    ("charset", "data"),
    [
        ("utf-8", "Größe 42 €".encode()),
        ("iso-8859-15", "Größe 42 €".encode("iso-8859-15")),
        ("windows-1252", "Größe 42 €".encode("cp1252")),
        ("iso-8859-1", "Größe 42 €".encode("cp1252")),
        ("us-ascii", "Größe 42 €".encode()),
        ("", "Größe 42 €".encode("cp1252")),
        ("no-such-charset", "Größe 42 €".encode()),
        ("utf-8", "Größe 42 €".encode("cp1252")),
        ("idna", "Größe 42 €".encode()),
        ("rot13", "Größe 42 €".encode()),
        ("zlib", "Größe 42 €".encode()),
        ("utf-16", "Größe 42 €".encode("utf-16")),
        ('"utf-8\x00"', "Größe 42 €".encode()),
    ],
)
def test_text_is_decoded_as_well_as_can_be(charset: str, data: bytes) -> None:
    head = f"From: a@example.org\r\nContent-Type: text/plain; charset={charset}\r\n\r\n".encode()
    assert read(head + data).text == "Größe 42 €"


def test_html_alone_becomes_text() -> None:
    html = "<html><head><title>x</title><style>p{}</style></head><p>Two&nbsp;lamps<br>&amp; a chair"
    mail = read(plain(html, Content_Type="text/html; charset=utf-8"))
    assert mail.text == "Two lamps\n& a chair"
    assert mail.html == html


def made(**parts: Any) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "ann@example.org", HELP
    message.set_content(parts.get("text", "plain words"))
    if "html" in parts:
        message.add_alternative(parts["html"], subtype="html")
    return message


def test_of_an_alternative_the_plain_text_is_read() -> None:
    mail = read(made(html="<p>other words</p>").as_bytes())
    assert (mail.text, mail.html.strip()) == ("plain words", "<p>other words</p>")


def test_files_come_along_with_safe_names() -> None:
    message = made()
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="../../etc/p.png")
    message.add_attachment(
        b"%PDF", maintype="application", subtype="pdf", filename="a\u202efdp.exe"
    )
    message.add_attachment(b"x", maintype="application", subtype="octet-stream")
    message.add_attachment(
        b"tnef", maintype="application", subtype="ms-tnef", filename="winmail.dat"
    )
    found = [(each.name, each.type, each.data) for each in read(message.as_bytes()).files]
    assert found == [
        ("p.png", "image/png", b"\x89PNG"),
        ("afdp.exe", "application/pdf", b"%PDF"),
        ("file-3.bin", "application/octet-stream", b"x"),
        ("winmail.dat", "application/ms-tnef", b"tnef"),
    ]


def test_images_within_the_text_are_known_by_their_ids() -> None:
    message = made(html='<img src="cid:logo@x">')
    page = message.get_payload(1)
    assert isinstance(page, EmailMessage)
    page.add_related(b"GIF", maintype="image", subtype="gif", cid="<logo@x>", filename="l.gif")
    mail = read(message.as_bytes())
    assert mail.details["inline"] == {"logo@x": 0}
    assert mail.files[0].data == b"GIF"


def test_what_is_beyond_the_limits_is_named_and_left_out() -> None:
    message = made()
    for number in range(4):
        message.add_attachment(b"12345", maintype="a", subtype="b", filename=f"{number}.bin")
    few = read(message.as_bytes(), Limits(files=2))
    assert [each.name for each in few.files] == ["0.bin", "1.bin"]
    assert few.details["left_out"] == ["2.bin: more than 2 files", "3.bin: more than 2 files"]
    small = read(message.as_bytes(), Limits(files_size=12))
    assert [each.name for each in small.files] == ["0.bin", "1.bin"]
    assert small.details["left_out"][0] == "2.bin: the files are too large together"
    assert small.raw == message.as_bytes()


def test_a_mail_that_was_passed_on_is_a_file() -> None:
    message, inner = made(), made(text="the first mail")
    message.add_attachment(inner)
    mail = read(message.as_bytes())
    assert mail.text == "plain words"
    assert (mail.files[0].name, mail.files[0].type) == ("message.eml", "message/rfc822")


def test_lines_that_a_program_broke_are_joined() -> None:
    text = "This is one \r\nparagraph.\r\n> quoted \r\n> still\r\n-- \r\nAnn"
    raw = plain(text, Content_Type="text/plain; charset=utf-8; format=flowed")
    assert read(raw).details["full_text"] == "This is one paragraph.\n> quoted \n> still\n-- \nAnn"
    assert read(raw).text == "This is one paragraph."


def test_headers_are_decoded() -> None:
    raw = plain(
        From="=?utf-8?B?SsO8cmdlbiBNw7xsbGVy?= <j@example.org>",
        Subject="=?iso-8859-1?Q?Gr=F6=DFe?=\r\n =?utf-8?Q?_42?=",
    )
    mail = read(raw)
    assert (mail.name, mail.subject) == ("Jürgen Müller", "Größe 42")


@pytest.mark.parametrize(
    ("sender", "name"),
    [
        ("=?utf-8?Q?Bee=2C_Ann?= <ann@example.org>", "Bee, Ann"),
        ("=?utf-8?Q?=3Ceve=40evil.example=3E?= <ann@example.org>", "<eve@evil.example>"),
        ("=?utf-8?Q?eve=40evil.example=2C?= <ann@example.org>", "eve@evil.example,"),
        ('"=?utf-8?Q?eve=40evil.example=22?=" <ann@example.org>', 'eve@evil.example"'),
        ("ann@example.org (=?utf-8?Q?=29_eve=40evil.example?=)", ") eve@evil.example"),
    ],
)
def test_an_encoded_name_is_a_name_and_no_address(sender: str, name: str) -> None:
    """RFC 2047, section 6.2: the header is read before its words are decoded."""
    mail = read(plain(From=sender))
    assert (mail.peer, mail.name) == ("ann@example.org", name)


def test_the_answer_is_cut_only_for_the_steps() -> None:
    text = "Yes\r\n\r\nOn 25 Nov 2026, Acme <help@acme.example> wrote:\r\n> Shall we?\r\n"
    mail = read(plain(text, In_Reply_To="<0@acme.example>"))
    assert mail.text == "Yes"
    assert "Shall we?" in mail.details["full_text"]


def test_an_answer_to_ours_names_its_thread() -> None:
    ours = MARKS.message_id("c" * 32, "e" * 32 + ".7", "acme.example")
    mail = read(plain(In_Reply_To=f"<{ours}>", References=f"<1@x.example>\r\n <{ours}>"))
    assert mail.thread == "c" * 32
    assert mail.details["thread"]["references"] if "thread" in mail.details else True


@pytest.mark.parametrize("digit", range(24))
def test_a_thread_cannot_be_made_up(digit: int) -> None:
    ours = MARKS.message_id("c" * 32, "m1", "acme.example")
    at = 33 + digit
    forged = f"{ours[:at]}{'1' if ours[at] == '0' else '0'}{ours[at + 1 :]}"
    other = ours.replace("c" * 32, "d" * 32)
    assert read(plain(In_Reply_To=f"<{forged}>")).thread == ""
    assert read(plain(In_Reply_To=f"<{other}>")).thread == ""


def test_the_same_mail_to_the_same_mailbox_has_the_same_name() -> None:
    first, again = read(plain(Message_ID="<1@x>")), read(plain("Hello!", Message_ID="<1@x>"))
    assert first.sid == again.sid != read(plain(Message_ID="<2@x>")).sid
    assert read(plain()).sid == read(plain()).sid != read(plain("other")).sid
    to_another = parse(plain(Message_ID="<1@x>"), Limits())
    assert incoming_of(to_another, Envelope("b@acme.example"), MARKS, NOON).sid != first.sid


def test_who_says_nothing_of_himself_is_nobody() -> None:
    mail = read(b"Subject: x\r\n\r\nhello", sender="<>")
    assert (mail.peer, mail.email, mail.automatic) == (NOBODY, "", True)
    assert read(b"Subject: x\r\n\r\nhello", sender="Bob@x.example").peer == "bob@x.example"
