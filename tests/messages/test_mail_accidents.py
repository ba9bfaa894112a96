"""Mails that come twice, that are cut off, that come while the database is away: kept once."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from tests.messages.conftest import NOON
from tests.messages.mails import ANN, answers, kept, open_desk, send, text, written
from tests.messages.town import MAILBOX, Town, town_on
from tests.services.postgresql import Postgresql
from tests.support.installation import Clock

MAIL = b"From: ann@shop.example\r\nMessage-ID: <1@shop.example>\r\nSubject: Lamp\r\n\r\nIt hums."


def begun(town: Town) -> smtplib.SMTP:
    """A client that has announced a mail, and was asked for its data."""
    smtp = smtplib.SMTP("127.0.0.1", town.mail.port, timeout=20)
    smtp.ehlo()
    assert smtp.mail(ANN)[0] == 250
    assert smtp.rcpt(MAILBOX)[0] == 250
    smtp.putcmd("data")
    assert smtp.getreply()[0] == 354
    return smtp


def handed(town: Town) -> int:
    """Hand the mail in; the code of the last answer."""
    with smtplib.SMTP("127.0.0.1", town.mail.port, timeout=60) as smtp:
        smtp.ehlo()
        smtp.mail(ANN)
        smtp.rcpt(MAILBOX)
        return smtp.data(MAIL)[0]


def test_a_mail_that_is_delivered_twice_is_one(town: Town) -> None:
    open_desk(town)
    for _ in range(3):
        send(town, headers={"Message-Id": "<1@shop.example>"})
    answers(town, 1)
    assert kept(town) == [(ANN, "My lamp is broken.")]
    assert written(town) == 1
    files = list((town.house.settings.data_dir / "media").iterdir())
    assert len(files) == 1, "the raw mail, once"


def test_a_server_that_stops_in_the_middle_has_promised_nothing(town: Town) -> None:
    open_desk(town)
    with begun(town) as smtp:
        smtp.send(MAIL)
        town.mail.stop()
        with pytest.raises(smtplib.SMTPServerDisconnected):
            smtp.getreply()
        smtp.close()
    assert kept(town) == []
    again = town.house.telephony.digital.mail_server(town.house.telephony.messaging.inbox)
    assert again is not None
    again.start()
    try:
        town.mail = again
        assert handed(town) == 250
        assert text(answers(town, 1)[0]).startswith("[It hums.]")
    finally:
        again.stop()
    assert len(kept(town)) == 1


def test_who_did_not_hear_that_it_was_taken_sends_again(town: Town) -> None:
    open_desk(town)
    smtp = begun(town)
    smtp.send(MAIL + b"\r\n.\r\n")
    assert smtp.sock is not None
    smtp.sock.shutdown(socket.SHUT_WR)  # gone before the answer
    smtp.close()
    assert handed(town) == 250
    answers(town, 1)
    assert len(kept(town)) == 1
    assert written(town) == 1


@pytest.fixture
def outage_town(ready_postgresql: str, tmp_path: Path) -> Iterator[Town]:
    """The product on a database that can be taken away."""
    with town_on(ready_postgresql, tmp_path, Clock(ahead=NOON - datetime.now(UTC))) as made:
        yield made


@contextmanager
def away(town: Town, server: Postgresql) -> Iterator[None]:
    """The database lets nobody in, and throws out who is there."""
    name = make_url(town.house.settings.database).database or ""
    allow = "ALTER DATABASE {} ALLOW_CONNECTIONS {}"
    out = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"

    def change(word: str) -> None:
        server._execute(sql.SQL(allow).format(sql.Identifier(name), sql.SQL(word)))

    change("false")
    try:
        server._execute(sql.SQL(out).format(sql.Literal(name)))
        yield
    finally:
        change("true")


@pytest.mark.postgresql
def test_while_the_database_is_away_senders_keep_their_mails(
    outage_town: Town, postgresql: Postgresql
) -> None:
    town = outage_town
    open_desk(town)
    with begun(town) as smtp:
        with away(town, postgresql):
            assert "451 4.3.0" in send(town, code=24)
            smtp.send(MAIL + b"\r\n.\r\n")
            assert smtp.getreply()[0] == 451
        smtp.mail(ANN)
        smtp.rcpt(MAILBOX)
        assert smtp.data(MAIL)[0] == 250
    answers(town, 1)
    assert len(kept(town)) == 1
