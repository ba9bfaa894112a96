"""Mails that are broken, by accident or on purpose: nothing raises, and nothing takes long."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digital.email.incoming import Envelope, incoming_of
from digital.email.limits import HTML, SUBJECT, TEXT, Limits
from digital.email.parse import parse
from runner.messages.channels import Incoming
from tests.digital.email.house import HELP, MARKS, NOON

HEAD = b"From: ann@example.org\r\nTo: help@acme.example\r\n"
MULTI = HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
MEGABYTES = 30 * 1024 * 1024


def read(raw: bytes) -> Incoming:
    return incoming_of(parse(raw, Limits()), Envelope(HELP, "<>"), MARKS, NOON)


def nested(levels: int) -> bytes:
    raw = b"Content-Type: text/plain\r\n\r\nthe innermost words\r\n"
    for level in range(levels):
        mark = b"b%d" % level
        raw = (
            b"Content-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n"
            b"--" + mark + b"\r\n" + raw + b"\r\n--" + mark + b"--\r\n"
        )
    return HEAD + raw


def test_a_thousand_levels_are_gone_through() -> None:
    assert read(nested(1000)).text == "the innermost words"


def test_levels_without_end_are_no_end_of_ours() -> None:
    assert read(nested(5000)).raw == nested(5000)


CORPUS = {
    "nothing": b"",
    "no headers": b"just words",
    "no body": HEAD,
    "bytes of nothing": bytes(range(256)) * 20,
    "no boundary": HEAD + b"Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nwords",
    "a boundary that never comes": MULTI + b"words",
    "an end that never comes": MULTI + b"--b\r\n\r\nwords",
    "parts without headers": MULTI + b"--b\r\n\r\nwords\r\n--b\r\n--b\r\n--b--",
    "an empty boundary": HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\nwords',
    "base64 cut short": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nd29yZHM=d29yZ",
    "base64 that is none": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n\xff\xfe!!!",
    "quoted-printable that is none": HEAD
    + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=ZZ=\r\nwords=",
    "an encoding nobody knows": HEAD + b"Content-Transfer-Encoding: x-what\r\n\r\nwords",
    "duplicate headers": HEAD + HEAD + b"Subject: a\r\nSubject: b\r\nMessage-ID: <1@x>\r\n"
    b"Message-ID: <2@x>\r\nContent-Type: text/html\r\nContent-Type: text/plain\r\n\r\nwords",
    "headers that are none": b"\x00: \xff\r\n: x\r\n=?utf-8?B?!!!?=\r\nFrom\r\n\r\nwords",
    "broken words": HEAD + b"Subject: =?utf-8?B?w?= =?no?X?=?= =?utf-16?B?AAA?=\r\n\r\nwords",
    "broken addresses": b'From: "a\\" <<b@@c>, <d, e@f <g@h\r\n\r\nwords',
    "broken parameters": HEAD + b"Content-Type: text/plain; charset*=x'y; charset*0*=a'; "
    b'boundary*1=q; name="=?utf-8?B?\r\n\r\nwords',
    "a name in pieces": HEAD + b"Content-Disposition: attachment; filename*0*=utf-9''a%; "
    b"filename*2=b; filename*1*=%FF\r\n\r\nwords",
    "winmail.dat": HEAD + b'Content-Type: application/ms-tnef; name="winmail.dat"\r\n\r\n\x78\x9f',
    "a report that is none": HEAD + b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
    b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: x\r\n--b--",
    "half characters": HEAD + b"Content-Type: text/plain; charset=utf-16\r\n\r\n\x00\xd8a\x00",
    "bare carriage returns": b"From: a@example.org\rSubject: x\r\rwords",
    "an old mailbox's line": b"From ann@example.org Wed Nov 25 12:00:00 2026\r\n" + HEAD + b"\r\nw",
}


@pytest.mark.parametrize("raw", CORPUS.values(), ids=CORPUS)
def test_whatever_comes_is_kept_as_far_as_it_can_be_read(raw: bytes) -> None:
    mail = read(raw)
    assert mail.raw == raw
    assert "\x00" not in mail.text + mail.html + mail.subject + mail.name
    mail.text.encode("utf-8")
    if b"words" in raw and b"base64" not in raw and not mail.files:
        assert "words" in mail.text


LARGE = {
    "empty lines": HEAD + b"\r\n" + b"\r\n" * (MEGABYTES // 2),
    "one line": HEAD + b"\r\n" + b"x" * MEGABYTES,
    "boundaries": MULTI + b"--b\r\n" * (MEGABYTES // 5),
    "near boundaries": MULTI + b"--b\r\n\r\n" + b"\r\n--bX" * (MEGABYTES // 6),
    "headers": (b"X: y\r\n" * (MEGABYTES // 6)) + b"\r\nwords",
    "one header": b"Subject: " + b"=?a?q?" * (MEGABYTES // 6) + b"\r\n\r\nwords",
    "addresses": b"From: " + b"<a@b>,(" * (MEGABYTES // 7) + b"\r\n\r\nwords",
    "parameters": HEAD + b'Content-Type: a/b; x="' + b";" * MEGABYTES + b"\r\n\r\nwords",
    "base64": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUFB\r\n" * (MEGABYTES // 6),
    "quotes": HEAD + b"\r\n" + b"On 1 a wrote\n" * (MEGABYTES // 13),
    "html": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div><b>" * (MEGABYTES // 8),
    "many pages": MULTI
    + (b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<b><table>" * 50_000 + b"\r\n") * 60,
    "open tags": HEAD + b"Content-Type: text/html\r\n\r\n" + b'<a "' * (MEGABYTES // 4),
    "levels": HEAD
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * (MEGABYTES // 52),
}


@pytest.mark.parametrize("raw", LARGE.values(), ids=LARGE)
def test_thirty_megabytes_of_anything_are_read_in_seconds(raw: bytes) -> None:
    begun = time.process_time()
    mail = read(raw)
    assert time.process_time() - begun < 15
    assert len(mail.text) <= TEXT
    assert len(mail.html) <= HTML
    assert len(mail.subject) <= SUBJECT


PIECES = [
    *(b"From: a@b.example\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n", b"\r\n", b"--b"),
    *(b"--b\r\n", b"--b--\r\n", b"Content-Type: text/html; charset=x\r\n", b"<p>", b"=?utf-8?q?="),
    *(
        b"Content-Transfer-Encoding: base64\r\n",
        b"QUJD",
        b"=\r\n",
        b"\xff",
        b"\x00",
        b"> ",
        b"-- \n",
    ),
    *(b"Content-Type: multipart/report; boundary=b\r\n", b"Message-ID: <", b">\r\n", b"words "),
    b"Content-Type: multipart/alternative; boundary=b\r\n",
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=12), max_size=40))
def test_no_bytes_raise(pieces: list[bytes]) -> None:
    raw = b"".join(pieces)
    mail = read(raw)
    assert mail.raw == raw
    (mail.text + mail.html + mail.subject + mail.name + mail.peer).encode("utf-8")
    assert all("/" not in each.name and each.data is not None for each in mail.files)
