"""The mail server on a real socket: mails by swaks, and by hand what no program would say."""

import smtplib
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from digital.email.limits import Limits
from digital.email.listener import Listener, Listening, certificate
from runner.errors import BadSettings
from tests.digital.email.house import HELP, MARKS, MemoryInbox, intake, listening
from tests.support.waiting import wait_until


def certified(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine that only itself vouches for."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(key), "-out", str(chain)]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    return chain, key


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
def server(inbox: MemoryInbox) -> Iterator[Listener]:
    with listening(inbox) as listener:
        yield listener


def swaks(server: Listener, *options: str, to: str = HELP) -> subprocess.CompletedProcess[str]:
    command = ["swaks", "--server", f"127.0.0.1:{server.port}", "--to", to, *options]
    if "--from" not in options:
        command += ["--from", "ann@example.org"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_plain_mail(server: Listener, inbox: MemoryInbox) -> None:
    done = swaks(server, "--header", "Subject: Lamp", "--body", "It is broken.")
    assert done.returncode == 0, done.stdout
    assert (inbox.only.peer, inbox.only.subject) == ("ann@example.org", "Lamp")
    assert inbox.only.text.strip() == "It is broken."
    assert not inbox.only.automatic
    assert b"It is broken." in inbox.only.raw


def test_a_mail_of_html(server: Listener, inbox: MemoryInbox) -> None:
    page = "<p>It is <b>broken</b>.</p>"
    swaks(server, "--add-header", "Content-Type: text/html; charset=utf-8", "--body", page)
    assert inbox.only.text == "It is broken."
    assert inbox.only.html.strip() == page


def test_a_mail_with_parts_and_files(server: Listener, inbox: MemoryInbox, tmp_path: Path) -> None:
    picture = tmp_path / "lamp.png"
    picture.write_bytes(b"\x89PNG lamp")
    options = ["--attach-type", "text/plain", "--attach-body", "See the picture."]
    swaks(server, *options, "--attach-type", "image/png", "--attach-name", "lamp.png",
          "--attach", f"@{picture}")  # fmt: skip
    assert inbox.only.text.strip() == "See the picture."
    found = [(each.name, each.type, each.data) for each in inbox.only.files]
    assert found == [("lamp.png", "image/png", b"\x89PNG lamp")]


def test_an_answer_finds_its_thread(server: Listener, inbox: MemoryInbox) -> None:
    ours = MARKS.message_id("c" * 32, "m1", "acme.example")
    body = "Yes\\n\\nOn 25 Nov 2026, Acme <help@acme.example> wrote:\\n> Shall we?\\n"
    swaks(server, "--add-header", f"In-Reply-To: <{ours}>", "--body", body)
    assert (inbox.only.text, inbox.only.thread) == ("Yes", "c" * 32)


def test_an_absence_note_is_kept_as_automatic(server: Listener, inbox: MemoryInbox) -> None:
    swaks(server, "--add-header", "Auto-Submitted: auto-replied", "--body", "I am away.")
    assert inbox.only.automatic


def test_a_bounce_has_no_return_path(server: Listener, inbox: MemoryInbox) -> None:
    assert swaks(server, "--from", "<>", "--body", "failed").returncode == 0
    assert inbox.only.automatic
    assert inbox.only.details["automatic"] == "null return path"


def test_the_same_mail_twice_is_kept_once(server: Listener, inbox: MemoryInbox) -> None:
    for _ in range(2):
        assert swaks(server, "--header", "Message-Id: <1@x.example>").returncode == 0
    assert len(inbox.messages) == 1


@pytest.mark.parametrize(
    "to",
    [
        *("bob@elsewhere.example", "nobody@acme.example", "help@elsewhere.example"),
        *("help%elsewhere.example@acme.example", '"help@acme.example"@elsewhere.example'),
        *("@acme.example:bob@elsewhere.example", "help@acme.example@elsewhere.example"),
        *("elsewhere.example!help", "help", "postmaster", "<>", "help@acme.example\0@x.example"),
    ],
)
def test_it_is_no_relay(server: Listener, inbox: MemoryInbox, to: str) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=20) as smtp:
        smtp.ehlo("client")
        assert smtp.docmd("MAIL FROM:<ann@example.org>")[0] == 250
        code, _ = smtp.docmd(f"RCPT TO:<{to}>")
        assert 500 <= code < 600
        assert smtp.docmd("DATA")[0] == 503
    assert inbox.messages == []


def test_one_of_ours_among_strangers_gets_it_alone(server: Listener, inbox: MemoryInbox) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=20) as smtp:
        refused = smtp.sendmail("ann@example.org", [HELP, "bob@x.example"], "Subject: x\n\nhello")
    assert list(refused) == ["bob@x.example"]
    assert refused["bob@x.example"][0] == 550
    assert inbox.only.address == HELP


def test_a_mailbox_has_any_number_of_plus_names(server: Listener, inbox: MemoryInbox) -> None:
    assert swaks(server, to="Help+order-12@Acme.example").returncode == 0
    assert inbox.only.address == HELP


def test_a_mail_to_two_mailboxes_comes_to_both() -> None:
    inbox = MemoryInbox((HELP, "sales@acme.example"))
    with listening(inbox) as server, smtplib.SMTP("127.0.0.1", server.port, timeout=20) as smtp:
        smtp.sendmail("ann@example.org", list(inbox.mailboxes), "Subject: x\n\nhello")
    assert [each.address for each in inbox.messages] == list(inbox.mailboxes)
    assert len({each.sid for each in inbox.messages}) == 2


def test_while_the_store_is_away_it_says_later(server: Listener, inbox: MemoryInbox) -> None:
    inbox.away = True
    done = swaks(server)
    assert "451 4.3.0" in done.stdout + done.stderr
    inbox.away = False
    with smtplib.SMTP("127.0.0.1", server.port, timeout=20) as smtp:
        smtp.ehlo()
        smtp.mail("ann@example.org")
        smtp.rcpt(HELP)
        inbox.away = True
        assert smtp.data(b"Subject: x\r\n\r\nhello")[0] == 451
    assert inbox.messages == []


def test_what_breaks_is_tried_again_and_told_to_nobody(
    server: Listener, inbox: MemoryInbox
) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=20) as smtp:
        smtp.ehlo()
        smtp.mail("ann@example.org")
        smtp.rcpt(HELP)
        inbox.broken = True
        code, text = smtp.data(b"Subject: x\r\n\r\nhello")
        assert (code, b"private" in text) == (451, False)
        inbox.broken = False
        assert smtp.sendmail("ann@example.org", [HELP], b"Subject: x\r\n\r\nhello") == {}


def test_what_is_too_large_is_refused_before_and_after() -> None:
    inbox = MemoryInbox()
    with listening(inbox, Limits(size=20_000)) as server:
        with smtplib.SMTP("127.0.0.1", server.port, timeout=20) as smtp:
            smtp.ehlo()
            assert smtp.esmtp_features["size"] == "20000"
            assert smtp.mail("ann@example.org", ["SIZE=20001"])[0] == 552
            smtp.mail("ann@example.org")
            smtp.rcpt(HELP)
            assert smtp.data(b"x" * 25_000)[0] == 552
            assert smtp.sendmail("ann@example.org", [HELP], b"Subject: x\r\n\r\nsmall") == {}
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
            talk(
                line, b"EHLO x", b"MAIL FROM:<a@x.example>", b"RCPT TO:<help@acme.example>", b"DATA"
            )
            with pytest.raises((BrokenPipeError, ConnectionResetError)):
                line.sendall(b"x" * 100_000_000)
    assert inbox.only.text == "small"


def talk(line: socket.socket, *commands: bytes) -> list[bytes]:
    """Say commands one after the other, and give the last line of each answer."""
    with line.makefile("rb") as answers:
        heard = [answers.readline()] if b"EHLO" in commands[0] else []
        for command in commands:
            line.sendall(command + b"\r\n")
            while (answer := answers.readline())[3:4] == b"-":
                pass
            heard.append(answer)
    return heard


DOTS = [
    (b".hidden\r\n..\r\nend", b"..hidden\r\n...\r\nend"),
    (b"", b""),
    (b"a\r\n", b"a\r\n"),
    (b"a\n.\nb", b"a\n.\nb"),
    (b"a\r.\rb", b"a\r.\rb"),
    (b"a.\r\nb.", b"a.\r\nb."),
]


@pytest.mark.parametrize(("body", "wire"), DOTS)
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "byte by byte"])
def test_only_a_dot_alone_ends_a_mail(
    server: Listener, inbox: MemoryInbox, body: bytes, wire: bytes, *, whole: bool
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        talk(line, b"EHLO x", b"MAIL FROM:<a@x.example>", b"RCPT TO:<help@acme.example>", b"DATA")
        data = b"Subject: x\r\n\r\n" + wire + b"\r\n.\r\nQUIT\r\n"
        for piece in [data] if whole else [data[at : at + 1] for at in range(len(data))]:
            line.sendall(piece)
        with line.makefile("rb") as answers:
            assert [answers.readline()[:3], answers.readline()[:3]] == [b"250", b"221"]
    assert inbox.only.raw == b"Subject: x\r\n\r\n" + body + b"\r\n"


def test_thirty_megabytes_of_empty_lines_are_taken(server: Listener, inbox: MemoryInbox) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=60) as smtp:
        smtp.ehlo()
        smtp.mail("ann@example.org")
        smtp.rcpt(HELP)
        smtp.putcmd("data")
        assert smtp.getreply()[0] == 354
        smtp.send(b"Subject: x\r\n\r\n" + b"\r\n" * (14 * 1024 * 1024) + b".\r\n")
        assert smtp.getreply()[0] == 250
    assert len(inbox.only.raw) > 28 * 1024 * 1024


def test_too_many_connections_are_told_to_come_again() -> None:
    with listening(MemoryInbox(), connections=3, connections_each=2) as server:
        first, second = (smtplib.SMTP("127.0.0.1", server.port, timeout=20) for _ in range(2))
        with pytest.raises(smtplib.SMTPConnectError) as refused:
            smtplib.SMTP("127.0.0.1", server.port, timeout=20)
        assert refused.value.smtp_code == 421
        first.quit()
        second.quit()
        with smtplib.SMTP("127.0.0.1", server.port, timeout=20) as again:
            assert again.noop()[0] == 250


def test_who_says_nothing_is_left() -> None:
    with (
        listening(MemoryInbox(), patience=0.3) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=20) as line,
    ):
        assert line.recv(100).startswith(b"220")
        assert line.recv(100) == b""


def test_who_never_ends_a_mail_is_left(inbox: MemoryInbox) -> None:
    with (
        listening(inbox, patience=0.5) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=20) as line,
    ):
        talk(line, b"EHLO x", b"MAIL FROM:<a@x.example>", b"RCPT TO:<help@acme.example>", b"DATA")
        line.sendall(b"Subject: x\r\n\r\nhello")
        assert line.recv(100) == b""
    assert inbox.messages == []


def test_mails_that_lie_in_memory_together_have_an_end() -> None:
    inbox = MemoryInbox()
    at_data = (b"EHLO x", b"MAIL FROM:<a@x.example>", b"RCPT TO:<help@acme.example>", b"DATA")
    with listening(inbox, Limits(size=1_000_000)) as server, ExitStack() as lines:
        address = ("127.0.0.1", server.port)
        begun = [lines.enter_context(socket.create_connection(address, 20)) for _ in range(4)]
        for line in begun:
            talk(line, *at_data)
            line.sendall(b"From: a@x.example\r\n\r\n" + b"x" * 900_000)
        # A line that has not ended yet may keep a piece of it unread, of 64 KiB and less.
        wait_until(lambda: server._guests._room < 4_000_000 - 4 * 830_000, what="four lie here")
        late = lines.enter_context(socket.create_connection(address, 20))
        talk(late, *at_data)
        late.sendall(b"From: a@x.example\r\n\r\n" + b"x" * 900_000)
        assert end(late) == b"452", "the others have not ended: they hold what they hold"
        assert [end(line) for line in begun] == [b"250"] * 4
        with smtplib.SMTP(*address, timeout=20) as smtp:
            assert smtp.sendmail("a@x.example", [HELP], b"Subject: x\r\n\r\nhello") == {}
        wait_until(lambda: server._guests._room == 4_000_000, what="room is there again")
    assert len(inbox.messages) == 2, "four were the same, and the small one"


def end(line: socket.socket) -> bytes:
    """End a mail; the code of the answer."""
    line.sendall(b"\r\n.\r\n")
    return line.recv(100)[:3]


def test_a_slow_line_is_given_its_time(inbox: MemoryInbox) -> None:
    with (
        listening(inbox, patience=2.0) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=20) as line,
    ):
        talk(line, b"EHLO x", b"MAIL FROM:<a@x.example>", b"RCPT TO:<help@acme.example>", b"DATA")
        line.sendall(b"Subject: x\r\n\r\nhello\r\n")
        for _ in range(4):
            line.sendall(b"x" * 998 * 1_100)
            time.sleep(0.8)  # a line that is slow; in all it takes longer than the patience
        assert end(line) == b"250"
    assert inbox.only.text.startswith("hello")


def test_starttls_with_a_certificate(inbox: MemoryInbox, tmp_path: Path) -> None:
    chain, key = certified(tmp_path)
    with listening(inbox, tls=certificate(str(chain), str(key))) as server:
        context = ssl.create_default_context(cafile=str(chain))
        with smtplib.SMTP("localhost", server.port, timeout=20) as smtp:
            smtp.starttls(context=context)
            smtp.sendmail("ann@example.org", [HELP], "Subject: x\n\nhello")
    assert inbox.only.text == "hello"


def test_a_certificate_that_is_none_is_said_clearly(tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_text("no certificate")
    with pytest.raises(BadSettings, match="SMTP_TLS_CERT"):
        certificate(str(tmp_path / "c.pem"), str(tmp_path / "missing.pem"))


def test_an_address_that_is_taken_is_said_clearly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        listener = Listener(intake(MemoryInbox()), Listening("127.0.0.1", port))
        with pytest.raises(BadSettings, match=f"SMTP_LISTEN: 127.0.0.1:{port}"):
            listener.start()


def test_many_at_once_are_all_kept(server: Listener, inbox: MemoryInbox) -> None:
    def send(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", server.port, timeout=60) as smtp:
            smtp.sendmail("ann@example.org", [HELP], f"Message-ID: <{number}@x>\n\nhello {number}")

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(send, range(50)))
    assert {each.text for each in inbox.messages} == {f"hello {number}" for number in range(50)}


def test_nothing_of_a_mail_is_in_the_log(
    server: Listener, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    swaks(server, "--from", "secret@person.example", "--body", "private words")
    written = caplog.text + "".join(capfd.readouterr())
    assert "secret@person" not in written
    assert "private words" not in written
