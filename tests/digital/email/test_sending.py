"""Answers as a mail server gets them: threading, texts, files, and no way to add a header."""

from collections.abc import Mapping
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.conversations import Conversation, Message
from digital.email.channel import OFF, EmailChannel, Post
from digital.email.incoming import Envelope, incoming_of
from digital.email.limits import Limits
from digital.email.parse import parse
from digital.email.render import Sheet, subject, written
from flow.mailbox import Mailbox
from runner.mail import File, MailDoor
from runner.mail_settings import mail_server
from runner.messages.channels import ChannelError
from tests.digital.email.house import HELP, MARKS, NOON, conversation, message
from tests.support.smtp import Sink, free_port, smtp_sink

OPERATOR = Mailbox("noreply@acme.example", "Acme")
THREAD = {"last": "2@example.org", "references": ["1@example.org", "ours@acme.example"]}


def nothing(media: Mapping[str, Any]) -> File | None:
    return None


def channel(url: str, fetch: Any = nothing) -> EmailChannel:
    door = MailDoor(mail_server(url), patience=2.0)
    return EmailChannel(Post(door, OPERATOR), MARKS, fetch)


def test_an_answer_stands_in_the_contact_s_thread() -> None:
    asked = conversation(subject="Lamp", details=THREAD)
    with smtp_sink() as sink:
        receipt = channel(sink.url).send(message(), asked)
    got = sink.received[0]
    assert (got.sender, got.to) == (HELP, ["ann@example.org"])
    assert got.message["In-Reply-To"] == "<2@example.org>"
    assert got.message["References"] == "<1@example.org> <ours@acme.example> <2@example.org>"
    assert got.message["Subject"] == "Re: Lamp"
    assert got.message["From"] == f"Acme <{HELP}>"
    assert got.message["Auto-Submitted"] == "auto-replied"
    assert got.message["X-Auto-Response-Suppress"] == "All"
    assert got.message["Message-ID"] == f"<{receipt.sid}>"
    assert got.text.strip() == "We look into it."


def test_the_contact_s_next_answer_finds_the_thread_again() -> None:
    with smtp_sink() as sink:
        channel(sink.url).send(message(), conversation(details=THREAD))
    ours = sink.received[0].message["Message-ID"]
    raw = f"From: ann@other.example\r\nIn-Reply-To: {ours}\r\n\r\nthanks".encode()
    mail = incoming_of(parse(raw, Limits()), Envelope(HELP), MARKS, NOON)
    assert mail.thread == "c" * 32


def test_a_message_sent_again_has_the_same_message_id() -> None:
    with smtp_sink() as sink:
        sent = {channel(sink.url).send(message(), conversation()).sid for _ in range(2)}
    assert len(sent) == 1
    assert channel("smtp://127.0.0.1:1").repeats
    assert len({str(each.message["Message-ID"]) for each in sink.received}) == 1


def test_long_ids_are_never_encoded() -> None:
    long = [f"{number:0240d}@example.org" for number in range(20)]
    with smtp_sink() as sink:
        thread = {"last": "l" * 200 + "@x", "references": long}
        channel(sink.url).send(message(), conversation(details=thread))
    raw = sink.received[0].data
    assert b"=?" not in raw.partition(b"\r\n\r\n")[0]
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert sink.received[0].message["References"].split() == [
        f"<{each}>" for each in (*long, thread["last"])
    ]


def test_an_agent_s_answer_is_a_person_s() -> None:
    with smtp_sink() as sink:
        channel(sink.url).send(message(author="agent:ann"), conversation(details=THREAD))
    assert "Auto-Submitted" not in sink.received[0].message


def test_texts_pages_choices_and_files_are_all_there() -> None:
    made = message(
        text="Which one? €",
        html="<p>Which one?</p>",
        choices=[{"label": "Blue & red", "value": "b"}, {"value": "green"}],
        media=[
            {"id": "m1", "name": "lamp.png"},
            {"url": "https://acme.example/a.pdf"},
            {"id": "gone", "name": "gone.png"},
        ],
    )

    def fetch(media: Mapping[str, Any]) -> File | None:
        return File("la/mp.png", "image/png", b"\x89PNG") if media["id"] == "m1" else None

    with smtp_sink() as sink:
        channel(sink.url, fetch).send(made, conversation())
    got = sink.received[0]
    assert got.text.replace("\r\n", "\n") == (
        "Which one? €\n\n1. Blue & red\n2. green\n\n"
        "https://acme.example/a.pdf\n(gone.png could not be attached)\n"
    )
    page = got.message.get_body(("html",))
    assert page is not None
    assert "<ol><li>Blue &amp; red</li><li>green</li></ol>" in page.get_content()
    assert got.attached == [("mp.png", "image/png", b"\x89PNG")]
    assert got.data.isascii()


@pytest.mark.parametrize(
    ("own", "theirs", "answers", "shown"),
    [
        ("", "Lamp", True, "Re: Lamp"),
        ("Lamp", "Lamp", True, "Re: Lamp"),
        ("", "RE: re: AW: Lamp", True, "Re: Lamp"),
        ("", "", True, "Re:"),
        ("Your order", "Lamp", True, "Your order"),
        ("Your order", "", False, "Your order"),
        ("", "", False, "We look into it."),
        ("a\r\nBcc: bob@x.example", "", False, "a Bcc: bob@x.example"),
    ],
)
def test_subjects(own: str, theirs: str, answers: bool, shown: str) -> None:  # noqa: FBT001  a column of the table
    thread = conversation(subject=theirs, details=THREAD if answers else {})
    assert subject(message(subject=own), thread) == shown


WORD = "=?utf-8?q?x=0D=0ABcc:_bob=40evil.example=0D=0A=0D=0Abody?="
EVIL = "x\r\nBcc: bob@evil.example\r\n\r\nbody\n.\n\r\nRSET\x00\u2028\u0085Bcc: c@evil.example"


@pytest.mark.parametrize(
    ("changes", "thread"),
    [
        ({"subject": EVIL}, {}),
        ({"text": EVIL}, {}),
        ({"html": EVIL, "text": EVIL}, {}),
        ({"choices": [{"label": EVIL}]}, {}),
        ({"media": [{"url": EVIL}, {"id": "m1", "name": EVIL}]}, {}),
        ({}, {"subject": EVIL, "details": THREAD}),
        ({}, {"details": {"last": EVIL, "references": [EVIL]}}),
        ({}, {"details": {"last": "a@b", "references": [EVIL, 7, None, "a b", "ä@b"]}}),
        ({}, {"details": {"last": 7, "references": "no list"}}),
        ({"author": EVIL}, {}),
        ({"subject": WORD}, {}),
        ({"subject": f"=?{WORD}"}, {}),
        ({}, {"subject": WORD, "details": THREAD}),
        ({}, {"details": {"last": f"{WORD}@a", "references": []}}),
        ({}, {"details": {"last": "a@b", "references": [f"{WORD}@a"]}}),
    ],
)
def test_no_value_can_add_a_header_or_a_recipient(
    changes: dict[str, Any], thread: dict[str, Any]
) -> None:
    def fetch(media: Mapping[str, Any]) -> File:
        return File(media["name"], "text/plain", b"file")

    with smtp_sink() as sink:
        channel(sink.url, fetch).send(message(**changes), conversation(**thread))
    got = sink.received[0]
    assert got.to == ["ann@example.org"]
    assert got.message["Bcc"] is None
    assert b"\r\nBcc:" not in got.data.partition(b"\r\n\r\n")[0]
    known = {"from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version"}
    known |= {"x-auto-response-suppress", "x-loop", "content-type", "content-transfer-encoding"}
    assert {name.lower() for name in got.message} <= known | {"in-reply-to", "references"}


@pytest.mark.parametrize(
    "peer",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b, c@d",
        "<a@b>>",
        "a",
        "=?utf-8?q?a=0D=0ABcc=3Ab?=@b.example",
    ],
)
def test_an_address_that_is_none_is_refused_before(peer: str) -> None:
    ours = channel("smtp://127.0.0.1:1")
    assert "no address" in ours.fits(message(peer=peer), conversation(), NOON)
    with pytest.raises(ChannelError) as refused:
        ours.send(message(peer=peer), conversation())
    assert not refused.value.retry
    assert "Bcc" not in str(refused.value)


@settings(max_examples=150, deadline=None)
@given(st.text(), st.text(), st.text(max_size=80), st.lists(st.text(max_size=30), max_size=3))
def test_whatever_is_written_can_be_read_again(
    words: str, title: str, name: str, labels: list[str]
) -> None:
    choices = [{"label": label} for label in labels]
    made = message(text=words, subject=title, choices=choices)
    sheet = Sheet("1@acme.example", name, [File(name, "text/plain", b"x")])
    raw = written(made, conversation(details=THREAD), sheet, MARKS).as_bytes()
    read = message_from_bytes(raw, policy=policy.default)
    assert read.get_all("To") == ["ann@example.org"]
    assert read["Bcc"] is None
    assert len(list(read.iter_attachments())) == 1


def failed(ours: EmailChannel) -> ChannelError:
    with pytest.raises(ChannelError) as problem:
        ours.send(message(), conversation())
    return problem.value


@pytest.mark.parametrize(
    ("verb", "reply", "code", "retry", "unsure"),
    [
        ("RCPT", "550 no such user", 550, False, False),
        ("RCPT", "451 later", 451, True, False),
        ("MAIL", "550 not from you", 550, False, False),
        ("END", "554 we do not want it", 554, False, False),
        ("END", "451 later", 451, True, False),
        ("END", "drop", 0, True, True),
        ("CONNECT", "421 busy", 421, True, False),
        ("EHLO", "drop", 0, True, False),
    ],
)
def test_what_goes_wrong_says_what_to_do(
    verb: str, reply: str, code: int, *, retry: bool, unsure: bool
) -> None:
    with smtp_sink(answers={verb: [reply]}) as sink:
        error = failed(channel(sink.url))
    assert (error.code, error.retry, error.unsure) == (code, retry, unsure)
    assert "ann@" not in str(error)


def test_nobody_listens() -> None:
    error = failed(channel(f"smtp://127.0.0.1:{free_port()}"))
    assert (error.code, error.retry, error.unsure) == (0, True, False)


def test_a_file_that_cannot_be_read_now_is_tried_again(sink: Sink) -> None:
    def fetch(media: Mapping[str, Any]) -> File:
        raise OSError(5, "input/output error")

    with pytest.raises(ChannelError) as problem:
        channel(sink.url, fetch).send(message(media=[{"id": "m1"}]), conversation())
    assert problem.value.retry


@pytest.fixture
def sink() -> Any:
    with smtp_sink() as running:
        yield running


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (message(), ""),
        (message(text=" "), "there is nothing in the message"),
        (message(text="", media=[{"id": "m1"}]), ""),
        (message(peer="+15550100001"), "the contact has no address that mail can be sent to"),
        (message(media=[{"id": "a", "size": 9_000_000}] * 2), "the files are too large together"),
    ],
)
def test_what_fits(made: Message, reason: str) -> None:
    found = channel("smtp://127.0.0.1:1").fits(made, conversation(), NOON)
    assert found.startswith(reason)
    assert bool(found) == bool(reason)


def test_without_a_mail_server_nothing_is_sent() -> None:
    ours = EmailChannel(Post(None, None), MARKS, nothing)
    assert ours.fits(message(), conversation(), NOON) == OFF
    assert not failed(ours).retry
    assert (ours.name, ours.at_once, ours.rate(HELP)) == ("email", False, 5.0)
    assert list(ours.find(message())) == []


def test_our_name_is_shown_for_our_own_domain_only() -> None:
    other: Conversation = conversation(address="help@other.example")
    with smtp_sink() as sink:
        channel(sink.url).send(replace(message(), address="help@other.example"), other)
    assert sink.received[0].message["From"] == "help@other.example"
