"""E-mails that wait and messages for agents: written, changed, undone, and gone with the rest."""

from dataclasses import replace
from datetime import datetime

import pytest

from desk.mails import Mail
from desk.voicemails import Voicemail
from flow.ledger import Recording
from store.database import Database
from store.histories import remove_histories
from store.store import SqlStore
from store.voicemails import Voicemails
from tests.store.builders import MINUTE, NOON, begin
from tests.store.conftest import AnyStore

MAIL = Mail("e1.2", "e1", b"\0sealed", "ready", NOON, NOON, reason="later \x00")
MESSAGE = Voicemail(
    *("RE1", "e1", "+15550100002", "Änn", 12, NOON),
    who={"ring_groups": ["support"]},
    emails=("desk@example.com",),
    inboxes=("ring_group:support", "agent:ann"),
)


def test_a_mail_is_kept_and_changed(store: AnyStore) -> None:
    done = replace(MAIL, sealed=b"", state="sent", updated=NOON + MINUTE, attempts=3, reason="")
    with store.work() as work:
        assert work.mail("e1.2") is None
        work.keep_mail(MAIL)
        assert work.mail("e1.2") == replace(MAIL, reason="later \ufffd")
        work.keep_mail(done)
    with store.work() as work:
        assert work.mail("e1.2") == done


def test_a_message_is_kept_and_changed(store: AnyStore) -> None:
    begin(store)
    with store.work() as work:
        work.keep_recording(Recording("RE1", "ready", NOON, execution="e1"))
        assert work.voicemail("RE1") is None
        work.keep_voicemail(MESSAGE)
        assert work.voicemail("RE1") == MESSAGE
        work.keep_voicemail(replace(MESSAGE, state="delivered", heard_by="ann", heard=NOON))
    with store.work() as work:
        found = work.voicemail("RE1")
    assert found == replace(MESSAGE, state="delivered", heard_by="ann", heard=NOON)


def test_what_is_undone_is_not_kept(store: AnyStore) -> None:
    def broken() -> None:
        with store.work() as work:
            work.keep_mail(MAIL)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    with store.work() as work:
        assert work.mail("e1.2") is None


@pytest.fixture
def messages(database: Database) -> Voicemails:
    """Three messages, a minute apart, the second of them for somebody else."""
    store = SqlStore(database)
    begin(store)
    with store.work() as work:
        for number in range(3):
            sid, at = f"RE{number}", NOON + number * MINUTE
            work.keep_recording(Recording(sid, "kept", at, execution="e1"))
            boxes = ("agent:bob_",) if number == 1 else MESSAGE.inboxes
            work.keep_voicemail(replace(MESSAGE, id=sid, at=at, inboxes=boxes))
        work.keep_mail(MAIL)
    return Voicemails(database)


def ids(found: object) -> list[str]:
    return [each.id for each in found]  # type: ignore[attr-defined]  # a list of messages


def test_messages_are_listed_the_newest_first(messages: Voicemails) -> None:
    assert ids(messages.find(10)) == ["RE2", "RE1", "RE0"]
    assert ids(messages.find(1, behind=(NOON + 2 * MINUTE, "RE2"))) == ["RE1"]
    assert ids(messages.find(10, inbox="agent:ann")) == ["RE2", "RE0"]
    assert ids(messages.find(10, inbox="agent:bob_")) == ["RE1"]
    assert ids(messages.find(10, inbox="agent:bob%")) == []
    assert ids(messages.find(10, inbox="agent:bobx")) == []


def test_the_first_to_hear_a_message_is_kept(messages: Voicemails) -> None:
    def heard(at: datetime, by: str) -> bool:
        return messages.hear("RE1", by, at)

    assert heard(NOON, "ann")
    assert heard(NOON + MINUTE, "bob")
    found = messages.one("RE1")
    assert found is not None
    assert (found.heard_by, found.heard) == ("ann", NOON)
    assert ids(messages.find(10, heard=True)) == ["RE1"]
    assert ids(messages.find(10, heard=False)) == ["RE2", "RE0"]
    assert not messages.hear("RE9", "ann", NOON)
    assert messages.one("RE9") is None


def test_messages_and_mails_go_with_their_history(database: Database, messages: Voicemails) -> None:
    with database.write() as connection:
        remove_histories(connection, ["e1"])
    assert messages.find(10) == []
    with SqlStore(database).work() as work:
        assert work.mail("e1.2") is None
