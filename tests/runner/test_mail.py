"""Messages and the mail server: headers nobody can add to, and every way a server can answer."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from time import monotonic, sleep

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from flow.mailbox import Mailbox, mailbox
from runner.errors import BadSettings
from runner.mail import File, Letter, MailDoor, MailError, _context, whole, write
from runner.mail_settings import mail_server
from runner.settings import load_settings
from tests.support.smtp import Sink, free_port, smtp_sink

OPERATOR = Mailbox("desk@example.com", "Acme")
ANN, BOB = mailbox("Ann <ann@example.org>"), mailbox("bob@example.org")
LETTER = Letter("e1.2", OPERATOR, [ANN], "Hello", datetime(2030, 1, 7, tzinfo=UTC), "Hi Ann")
HOSTILE = [
    "x\r\nBcc: eve@evil.example",
    "x\nBcc: eve@evil.example",
    "x\rBcc: eve@evil.example",
    "x\x0bBcc: eve@evil.example",
    "x\u2028Bcc: eve@evil.example",
    "x\x85Bcc: eve@evil.example",
    "\r\n\r\n<script>",
    "\r\n.\r\nMAIL FROM:<eve@evil.example>",
]


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as made:
        yield made


def door(sink: Sink, scheme: str = "smtp", user: str = "") -> MailDoor:
    at = f"{user}@" if user else ""
    return MailDoor(mail_server(f"{scheme}://{at}127.0.0.1:{sink.port}"), patience=5)


def send(sink: Sink, letter: Letter = LETTER, *to: str) -> int:
    named = to or tuple(box.address for box in letter.to)
    return door(sink).send(write(letter, OPERATOR), OPERATOR.address, named)


def read(message: EmailMessage | bytes) -> EmailMessage:
    raw = message if isinstance(message, bytes) else message.as_bytes()
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_what_is_sent_arrives(sink: Sink) -> None:
    file = File("a.wav", "audio/wav", b"RIFF\0\xff\n.\r\n.")
    letter = replace(LETTER, html="<p>Hi</p>", files=[file], subject="Grüße", text="Hé\n.\nend")
    assert send(sink, letter) == 0
    (got,) = sink.received
    assert (got.sender, got.to) == ("desk@example.com", ["ann@example.org"])
    message = got.message
    assert str(message["From"]) == "Acme <desk@example.com>"
    assert str(message["To"]) == "Ann <ann@example.org>"
    assert message["Subject"] == "Grüße"
    assert message["Message-ID"] == "<e1.2@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == LETTER.at
    assert got.text.replace("\r\n", "\n") == "Hé\n.\nend\n"
    assert got.attached == [("a.wav", "audio/wav", file.data)]
    assert got.data.isascii()


def test_html_alone_and_nothing_at_all() -> None:
    alone = read(write(replace(LETTER, text="", html="<b>x</b>"), OPERATOR))
    assert alone.get_content_type() == "text/html"
    assert read(write(replace(LETTER, text=""), OPERATOR)).get_content().strip() == ""


@pytest.mark.parametrize("text", HOSTILE)
def test_no_value_adds_a_header(text: str) -> None:
    letter = replace(LETTER, subject=text, text=text, files=[File(text, "text/plain", b"x")])
    message = read(write(letter, OPERATOR))
    assert message.keys() == read(write(replace(letter, subject="s"), OPERATOR)).keys()
    assert "Bcc" not in message
    assert len(message.get_all("Subject", [])) == 1


WORD = "=?utf-8?q?x=0D=0ABcc:_bob=40evil.example=0D=0A=0D=0Abody?="


@pytest.mark.parametrize("text", [WORD, f"=?{WORD}", f"Ä {WORD}"])
def test_no_encoded_word_adds_a_header(text: str) -> None:
    to = mailbox(f"{text} <ann@example.org>")
    message = read(whole(write(replace(LETTER, subject=text, to=[to]), OPERATOR)))
    assert message.keys() == read(write(LETTER, OPERATOR)).keys()
    assert message.get_content().strip() == "Hi Ann"


def test_a_mail_whose_header_is_not_the_one_it_was_given_is_not_sent(sink: Sink) -> None:
    message = write(LETTER, OPERATOR)
    del message["Subject"]
    message["Subject"] = WORD
    with pytest.raises(MailError, match="header") as caught:
        whole(message)
    assert not caught.value.retry
    nowhere = MailDoor(mail_server("smtp://127.0.0.1:1"))  # nobody is asked
    for way in (door(sink), nowhere):
        with pytest.raises(MailError, match="header"):
            way.send(message, OPERATOR.address, [ANN.address])
    assert sink.received == []


def test_no_local_part_is_an_encoded_word() -> None:
    with pytest.raises(ValueError, match="write an e-mail"):
        mailbox("=?utf-8?q?a=0D=0ABcc=3Ab?=@evil.example")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", ["{}@example.org", "ann@{}.org", "{} <ann@example.org>", "{}"])
def test_no_address_brings_a_line_along(form: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"line breaks|write an e-mail") as caught:
        mailbox(form.format(text))
    assert "evil" not in str(caught.value)


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_written_there_is_one_recipient_and_one_subject(
    name: str, subject: str
) -> None:
    try:
        to = mailbox(f"{name} <ann@example.org>")
    except ValueError:
        return
    message = read(write(replace(LETTER, to=[to], subject=subject), OPERATOR))
    assert [box.addr_spec for box in message["To"].addresses] == ["ann@example.org"]
    assert message["Message-ID"] == "<e1.2@example.com>"
    assert message.get_content().strip() == "Hi Ann"


@pytest.mark.parametrize(
    "text",
    ["", "ann", "ann@", "@x.org", "a b@x.org", "ann@x.org, bob@x.org", "ann@x.org bob@x.org",
     "Ann <ann@x.org>, bob@x.org", "<ann@x.org> <bob@x.org>", "ann@-x.org", "ann@x..org",
     ".ann@x.org", "ann@x.org.", f"{'a' * 65}@x.org", f"a@{'x' * 260}.org", "ann@[1.2.3.4]",
     "ann;bob@x.org", '"a b"@x.org', "änn@x.org"],
)  # fmt: skip
def test_what_is_no_single_address(text: str) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        mailbox(text)


def test_addresses_and_names() -> None:
    assert mailbox(' "Ann, Acme" <Ann.B+c@Sub.Example.org> ') == Mailbox(
        "Ann.B+c@Sub.Example.org", "Ann, Acme"
    )
    assert mailbox("ann@bücher.example").address == "ann@xn--bcher-kva.example"
    assert mailbox("Ann <ann@Example.org>").domain == "example.org"
    shown = read(write(replace(LETTER, to=[mailbox('"Ann, Acme" <a@x.org>')]), OPERATOR))["To"]
    assert [(box.display_name, box.addr_spec) for box in shown.addresses] == [
        ("Ann, Acme", "a@x.org")
    ]


def test_a_long_message_id_stays_whole() -> None:
    operator = Mailbox(f"a@{'long-' * 11}name.{'other-' * 9}name.example.com")
    message = read(write(replace(LETTER, id="01HZXA7Q3M4N5P6R7S8T9V0W1X.12"), operator))
    assert message["Message-ID"] == f"<01HZXA7Q3M4N5P6R7S8T9V0W1X.12@{operator.domain}>"


@pytest.mark.parametrize(
    ("answers", "code", "retry"),
    [
        ({"RCPT": ["550 no such user"]}, 550, False),
        ({"RCPT": ["451 greylisted"]}, 451, True),
        ({"MAIL": ["550 not you"]}, 550, False),
        ({"DATA": ["554 no"]}, 554, False),
        ({"END": ["552 too large"]}, 552, False),
        ({"END": ["452 disk full"]}, 452, True),
        ({"CONNECT": ["421 busy"]}, 421, True),
        ({"CONNECT": ["554 no service"]}, 554, True),
        ({"CONNECT": ["drop"]}, 0, True),
        ({"DATA": ["drop"]}, 0, True),
    ],
)
def test_how_a_server_refuses(
    sink: Sink, answers: dict[str, list[str]], code: int, *, retry: bool
) -> None:
    sink.answers = answers
    with pytest.raises(MailError) as caught:
        send(sink)
    assert (caught.value.code, caught.value.retry) == (code, retry)
    assert sink.received == []
    assert "example.org" not in str(caught.value)


def test_when_the_answer_is_lost_nobody_knows(sink: Sink) -> None:
    sink.answers = {"END": ["drop"]}
    with pytest.raises(MailError) as caught:
        send(sink)
    assert caught.value.retry
    assert send(sink) == 0
    assert [each.message["Message-ID"] for each in sink.received] == ["<e1.2@example.com>"] * 2


def test_who_is_refused_for_good_keeps_it_from_nobody_else(sink: Sink) -> None:
    sink.answers = {"RCPT bob@example.org": ["550 no such user"]}
    assert send(sink, replace(LETTER, to=[BOB, ANN])) == 1
    assert sink.received[0].to == ["ann@example.org"]


def test_who_is_refused_for_now_is_waited_for(sink: Sink) -> None:
    sink.answers = {"RCPT bob@example.org": ["450 later"]}
    with pytest.raises(MailError):
        send(sink, replace(LETTER, to=[ANN, BOB]))
    assert sink.received == []
    assert send(sink, replace(LETTER, to=[ANN, BOB])) == 0
    assert sink.received[0].to == ["ann@example.org", "bob@example.org"]


def test_nobody_listens() -> None:
    with pytest.raises(MailError, match="not to be reached") as caught:
        MailDoor(mail_server(f"smtp://127.0.0.1:{free_port()}")).send(
            write(LETTER, OPERATOR), "a@b.example", ["c@d.example"]
        )
    assert caught.value.retry


def test_a_server_that_says_nothing_is_left(sink: Sink) -> None:
    sink.answers = {"EHLO": ["250-never ends"]}
    with pytest.raises(MailError, match="not to be reached"):
        MailDoor(mail_server(sink.url), patience=0.2).send(
            write(LETTER, OPERATOR), "a@b.example", ["c@d.example"]
        )


def test_a_server_that_looks_through_a_mail_for_long_gets_it_once(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = sink.answer

    def slow(verb: str, argument: str) -> str:
        if verb == "END":
            sleep(0.6)
        return prepared(verb, argument)

    monkeypatch.setattr(sink, "answer", slow)
    mails = MailDoor(mail_server(sink.url), patience=0.3, at_the_end=20)
    assert mails.send(write(LETTER, OPERATOR), "a@b.example", ["c@d.example"]) == 0
    assert len(sink.received) == 1


def test_handing_over_has_an_end_whatever_the_server_does(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.mail.IN_ALL", 0.5)
    sink.answers = {"EHLO": ["250-never ends"]}
    begun = monotonic()
    with pytest.raises(MailError, match="not to be reached"):
        MailDoor(mail_server(sink.url), patience=30).send(
            write(LETTER, OPERATOR), "a@b.example", ["c@d.example"]
        )
    assert monotonic() - begun < 15


def test_a_user_logs_in_and_a_wrong_password_waits_for_the_operator(sink: Sink) -> None:
    sink.users = {"me@x": "p/w:1"}
    message = write(LETTER, OPERATOR)
    assert door(sink, user="me%40x:p%2Fw%3A1").send(message, "a@b.example", ["c@d.example"]) == 0
    assert sink.logins == ["me@x"]
    with pytest.raises(MailError, match="535") as caught:
        door(sink, user="me%40x:secret").send(message, "a@b.example", ["c@d.example"])
    assert caught.value.retry
    assert "secret" not in str(caught.value)


def test_starttls_is_asked_for_and_never_done_without(sink: Sink) -> None:
    with pytest.raises(MailError, match="no STARTTLS"):
        door(sink, "smtp+starttls").send(write(LETTER, OPERATOR), "a@b.example", ["c@d.example"])
    assert sink.received == []


@pytest.fixture(scope="session")
def encrypting(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A server's TLS with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    at = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(at - timedelta(days=1)).not_valid_after(at + timedelta(days=1))
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.mark.parametrize(
    ("scheme", "first"), [("smtp", False), ("smtp+starttls", False), ("smtps", True)]
)
def test_what_can_be_encrypted_is(encrypting: ssl.SSLContext, scheme: str, *, first: bool) -> None:
    with smtp_sink(tls=encrypting, tls_first=first, users={"u": "p"}) as sink:
        door(sink, scheme, "u:p").send(write(LETTER, OPERATOR), "a@b.example", ["c@d.example"])
        assert [each.encrypted for each in sink.received] == [True]
        assert sink.logins == ["u"]


def test_elsewhere_a_certificate_must_be_good() -> None:
    def elsewhere(url: str) -> bool:
        return _context(mail_server(url)).verify_mode == ssl.CERT_REQUIRED

    assert elsewhere("smtps://mail.example.com")
    assert elsewhere("smtp+starttls://mail.example.com")
    assert elsewhere("smtp://u:p@mail.example.com")
    assert not elsewhere("smtp://mail.example.com")
    assert not elsewhere("smtp+starttls://127.0.0.1")


def test_a_password_never_travels_in_the_clear(sink: Sink) -> None:
    sink.users = {"u": "p"}
    server = replace(mail_server(f"smtp://u:p@localhost:{sink.port}"), host="0")
    with pytest.raises(MailError, match="no STARTTLS"):
        MailDoor(server, patience=5).send(write(LETTER, OPERATOR), "a@b.example", ["c@d.example"])
    assert sink.logins == []


@pytest.mark.parametrize(
    ("url", "host", "port", "safety"),
    [
        ("smtp://mail.example.com", "mail.example.com", 25, "if offered"),
        ("smtp://u:p@mail.example.com:587", "mail.example.com", 587, "if offered"),
        ("smtps://u:p@mail.example.com", "mail.example.com", 465, "tls"),
        ("smtp+starttls://u:p@[::1]", "::1", 587, "starttls"),
    ],
)
def test_addresses_of_servers(url: str, host: str, port: int, safety: str) -> None:
    server = mail_server(url)
    assert (server.host, server.port, server.safety) == (host, port, safety)
    assert "'p'" not in repr(server)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"smtp_url": "http://hunter2@x"}, "SMTP_URL: give smtp://"),
        ({"smtp_url": "smtp://u:hunter2@x:port"}, "SMTP_URL: give smtp://"),
        ({"smtp_url": "smtp://u:hunter2@x/path"}, "SMTP_URL: give smtp://"),
        ({"smtp_url": "smtp://:hunter2@x"}, "both a user and a password"),
        ({"smtp_url": "smtp://x"}, "MAIL_FROM is needed"),
        ({"smtp_url": "smtp://x", "mail_from": "nobody"}, "MAIL_FROM: write an e-mail address"),
    ],
)
def test_a_wrong_setting_stops_the_start(given: dict[str, str], text: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as caught:
        load_settings(data_dir=tmp_path, **given)
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_the_password_is_not_in_the_settings_text() -> None:
    settings = load_settings(smtp_url="smtp://u:hunter2@x", mail_from="Acme <a@b.example>")
    assert "hunter2" not in repr(settings)
    assert settings.mail_sender == Mailbox("a@b.example", "Acme")
