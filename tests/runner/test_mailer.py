"""What the mailer refuses to send, what it sends with a word instead of a file, what it keeps."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk.call_book import Gate
from desk.conversations import OptOut
from desk.outreach import MessageLimits
from flow.effects import SendEmail
from flow.ledger import Recording
from flow.mailbox import mailbox
from runner.alarms import Alarms
from runner.mail import ATTACHED, MailDoor, MailError
from runner.mail_settings import mail_server
from runner.mailer import OFF, Mailer, NotYet, PostOffice
from runner.messages.limits import Reach
from runner.vault import Vault
from store.memory import MemoryStore
from tests.runner.walks import NOON, Asked, Clock
from tests.support.smtp import Sink, smtp_sink

ANY = MessageLimits()
EMAIL = SendEmail("e1.2", ("ann@example.org",), "Hello", "Hi")


class Shelf:
    """One folder of sounds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, recording_id: str) -> Path:
        return self.folder / f"{recording_id}.wav"


class Office:
    """A mailer on a store in memory and a real mail server."""

    def __init__(self, sink: Sink, folder: Path, limits: MessageLimits = ANY) -> None:
        self.limits = limits
        self.sink, self.store, self.asked, self.shelf = sink, MemoryStore(), Asked(), Shelf(folder)
        office = PostOffice(MailDoor(mail_server(sink.url)), mailbox("Acme <desk@example.com>"))
        self.mailer = self.with_office(office)

    def with_office(self, office: PostOffice | None) -> Mailer:
        vault, shelf = Vault(b"k" * 32), self.shelf
        reach = Reach(str, Clock(), Alarms(), ANY, self.limits)
        return Mailer(self.store, self.asked, vault, shelf, Clock(), office, reach.ask_mails)

    def record(self, sid: str, state: str, size: int = 44, execution: str = "e1") -> None:
        with self.store.work() as work:
            work.keep_recording(Recording(sid, state, NOON, execution=execution))
        if state == "kept":
            (self.shelf.folder / f"{sid}.wav").write_bytes(b"x" * size)

    def mail(self, name: str = "e1.2") -> Any:
        with self.store.work() as work:
            return work.mail(name)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as made:
        yield made


@pytest.fixture
def office(sink: Sink, tmp_path: Path) -> Office:
    return Office(sink, tmp_path)


def attaching(*sids: str, **more: Any) -> SendEmail:
    return replace(EMAIL, attachments=tuple({"recording": sid, "name": ""} for sid in sids), **more)


def test_a_mail_counts_for_each_whom_it_goes_to_and_above_the_limit_none_leaves(
    sink: Sink, tmp_path: Path
) -> None:
    office = Office(sink, tmp_path, MessageLimits(per_hour=3, to_one_per_hour=1))
    two = replace(EMAIL, to=("Ann <ann@example.org>", "bob@example.org"))
    assert [office.mailer(replace(two, id=f"e{n}.2"))[0] for n in (1, 2)] == ["sent", "failed"]
    word, told = office.mailer(replace(EMAIL, id="e3.2"))
    assert (word, told["reason"]) == ("failed", "it may not be sent: messages per hour")
    assert len(sink.received) == 1
    with office.store.work() as work:
        refusals = work.refusals(5)
    assert {each.number for each in refusals} == {"***@example.org"}


def test_sent_at_once_nothing_is_kept(office: Office) -> None:
    assert office.mailer(EMAIL) == ("sent", {"message_id": "<e1.2@example.com>"})
    assert office.sink.subjects() == ["Hello"]
    assert office.mail() is None
    assert office.asked.jobs == []


def test_no_mail_server_fails(office: Office) -> None:
    assert office.with_office(None)(EMAIL) == ("failed", {"message_id": "", "reason": OFF})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sender": "eve@evil.example"}, "from must be an address of example.com"),
        ({"to": ("x\r\nBcc: eve@evil.example",)}, "line breaks"),
        ({"sender": "A\r\nBcc: e@x.example <desk@example.com>"}, "line breaks"),
    ],
)
def test_what_is_never_sent(office: Office, changes: dict[str, Any], reason: str) -> None:
    outcome, result = office.mailer(replace(EMAIL, **changes))
    assert outcome == "failed"
    assert reason in result["reason"]
    assert office.sink.connections == 0


def test_who_wants_no_mails_gets_none(office: Office) -> None:
    with office.store.work() as work:
        work.opt_out(OptOut("email", "", "ann@shop.example", NOON, by="operator"))
        work.opt_out(OptOut("email", "sales@example.com", "bob@shop.example", NOON))
    to = ("Ann@shop.example", "bob@shop.example")
    assert office.mailer(replace(EMAIL, to=to))[0] == "sent"
    assert [each.to for each in office.sink.received] == [["bob@shop.example"]]
    outcome, result = office.mailer(replace(EMAIL, id="e1.3", to=to, sender="sales@example.com"))
    assert (outcome, result["reason"]) == ("opted_out", "who it goes to wants no e-mails")
    assert len(office.sink.received) == 1


def test_what_is_sent_while_messages_are_stopped_leaves_later(office: Office) -> None:
    with office.store.work() as work:
        work.keep_message_switch(Gate(stopped=True))
    assert office.mailer(EMAIL)[0] == "sent"
    assert office.mail().reason == "messages are stopped"
    with pytest.raises(MailError, match="stopped"):
        office.mailer.send("e1.2")
    assert office.sink.connections == 0
    with office.store.work() as work:
        work.keep_message_switch(Gate())
    office.mailer.send("e1.2")
    assert (office.mail().state, office.sink.subjects()) == ("sent", ["Hello"])


def test_another_name_or_address_of_the_house_may_be_shown(office: Office) -> None:
    office.mailer(replace(EMAIL, sender="Sales <sales@example.com>"))
    (got,) = office.sink.received
    assert str(got.message["From"]) == "Sales <sales@example.com>"
    assert got.sender == "desk@example.com"


def test_a_recording_of_somebody_else_is_never_attached(office: Office) -> None:
    office.record("RE1", "kept", execution="e2")
    outcome, result = office.mailer(attaching("RE1"))
    assert (outcome, result["reason"]) == ("failed", "only a recording of this run can be attached")
    assert office.sink.received == []


def test_what_cannot_be_attached_is_said(office: Office) -> None:
    office.record("RE1", "kept")
    office.record("RE2", "absent")
    office.record("RE3", "kept", ATTACHED)
    office.record("RE4", "kept", ATTACHED + 1)
    office.record("RE5", "kept")
    (office.shelf.folder / "RE5.wav").unlink()
    email = attaching("RE1", "RE2", "RE3", "RE4", "RE5", "RE9", "", html="<p>Hi</p>")
    assert office.mailer(email)[0] == "sent"
    (got,) = office.sink.received
    assert [data for _, _, data in got.attached] == [b"x" * 44]
    for sid, words in {"RE2": "not to be had", "RE3": "too large", "RE4": "too large",
                       "RE5": "not to be had", "RE9": "not to be had"}.items():  # fmt: skip
        assert f"the recording {sid} is {words}" in got.text.replace("\r\n", " ")


def test_an_html_mail_says_it_in_html(office: Office) -> None:
    office.record("RE2", "absent")
    office.mailer(attaching("RE2", text="", html="<p>Hi</p>"))
    assert "not to be had" in office.sink.received[0].message.get_content()


def test_texts_and_names_are_attached(office: Office) -> None:
    office.record("RE1", "kept")
    files = ({"text": "Grüße", "name": "../a/b.txt"}, {"recording": "RE1", "name": "call.wav"})
    office.mailer(replace(EMAIL, attachments=files))
    assert office.sink.received[0].attached == [
        ("ab.txt", "text/plain", "Grüße".encode()),
        ("call.wav", "audio/wav", b"x" * 44),
    ]


def later(office: Office, sink_says: dict[str, list[str]]) -> None:
    office.sink.answers = sink_says
    assert office.mailer(EMAIL)[0] == "sent"


def test_what_waits_is_sealed_and_asked_for_once(office: Office) -> None:
    later(office, {"RCPT": ["450 later"]})
    assert office.mailer(EMAIL)[0] == "sent"  # the process that took over finds it kept
    assert office.asked.keys("mail") == ["mail-e1.2"]
    kept = office.mail()
    assert (kept.state, kept.execution) == ("ready", "e1")
    assert b"ann" not in kept.sealed
    office.mailer.send("e1.2")
    office.mailer.send("e1.2")
    assert len(office.sink.received) == 1
    assert (office.mail().state, office.mail().sealed) == ("sent", b"")


def test_after_the_last_try_it_is_not_sent_and_says_why(office: Office) -> None:
    later(office, {"RCPT": ["450 later", "451 later"]})
    office.mailer.give_up("e1.2")
    assert (office.mail().state, office.mail().attempts) == ("failed", 2)
    assert office.mail().reason == "the mail server cannot take this recipient now (451)"
    office.mailer.give_up("e1.2")
    office.mailer.send("e9.9")
    assert office.mail().attempts == 2


def test_a_recording_that_never_comes_keeps_no_mail(office: Office) -> None:
    office.record("RE1", "ready")
    assert office.mailer(attaching("RE1"))[0] == "sent"
    with pytest.raises(NotYet):
        office.mailer.send("e1.2")
    office.mailer.give_up("e1.2")
    assert "not to be had" in office.sink.received[0].text
    assert office.mail().state == "sent"


def test_nobody_is_named_in_the_log(
    office: Office, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    refuses: Callable[[], Any] = lambda: office.mailer(EMAIL)  # noqa: E731  said three times
    refuses()
    office.sink.answers = {"RCPT": ["550 ann@example.org is unknown"]}
    refuses()
    later(office, {"END": ["451 ann@example.org later", "550 ann@example.org"]})
    office.mailer.send("e1.2")
    printed = capsys.readouterr()
    told = printed.out + printed.err + caplog.text
    assert "e1.2" in told
    for word in ("ann", "Hello", "Hi ", "example.org"):
        assert word not in told.replace("cannot", "")
