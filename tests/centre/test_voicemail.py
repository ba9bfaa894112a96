"""A caller leaves a message: it comes to the group's inbox and by e-mail, whatever goes wrong."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from flow.effects import DeliverVoicemail
from runner.errors import CarrierError
from runner.mail import MailError
from runner.mailer import NotYet
from tests.centre.centre import ANN, Centre, centre_on
from tests.standin.faults import RestFault
from tests.standin.leg import Leg
from tests.standin.recordings import sound
from tests.support.installation import NUMBER
from tests.support.smtp import Received, Sink, smtp_sink

FLOW = Path(__file__).parent / "flows" / "voicemail.yaml"
AGENT = {"id": "ann", "address": ANN, "email": "ann@example.com", "presence": "away"}
TRYING = (CarrierError, MailError, NotYet)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The operator's mail server."""
    with smtp_sink() as made:
        yield made


@pytest.fixture
def office(sink: Sink, ready_url: str, tmp_path: Path) -> Iterator[Centre]:
    """A contact centre that has it, with the flow and an agent who has an e-mail address."""
    mail = {"smtp_url": sink.url, "mail_from": "Acme <noreply@example.com>"}
    with centre_on(ready_url, tmp_path, **mail) as made:
        made.house.publish(FLOW, NUMBER)
        made.hire(AGENT)
        yield made


def leave_message(centre: Centre, *, on_the_way: bool = True) -> Leg:
    """Somebody waits, presses 1, speaks for seven seconds; the call is over."""
    caller = centre.call()
    centre.carrier.until(lambda: caller.inner_verb == "Gather")
    caller.press("1")
    centre.carrier.until(lambda: caller.verb == "Record")
    caller.speak()
    centre.carrier.until(lambda: caller.over)
    centre.carrier.settle()
    rows = centre.house.rows
    centre.carrier.until(lambda: bool(rows("SELECT id FROM lw_voicemails")) is on_the_way)
    return caller


def recording(centre: Centre) -> str:
    ((sid,),) = centre.house.rows("SELECT sid FROM lw_recordings")
    return str(sid)


def work_off(centre: Centre) -> int:
    """Run once every job there is, as the worker does; gives how many want another try."""
    again = 0
    for kind in ("recording", "voicemail", "mail"):
        for key in centre.house.jobs(kind):
            name = key.removeprefix(f"{kind}-")
            data = {kind: name.partition("-")[0] if kind == "voicemail" else name}
            again += 1
            with suppress(*TRYING):
                centre.house.job(kind, data)
                again -= 1
    return again


def give_up(centre: Centre, kind: str, name: str) -> None:
    table = centre.house.telephony.worker()._jobs
    next(job for job in table if job.name == kind).give_up({kind: name})


def to(sink: Sink) -> dict[str, Received]:
    """What each address got; nobody may get two under different ids."""
    return {each.to[0]: each for each in sink.received}


def message(centre: Centre) -> Any:
    (found,) = centre.house.house.voicemails.find(10)
    return found


def test_a_message_comes_to_the_group_and_by_email(office: Centre, sink: Sink) -> None:
    caller = leave_message(office)
    assert "We have told the boss." in caller.said()
    assert message(office).state == "waiting"
    assert work_off(office) == 0
    found = message(office)
    assert (found.state, found.inboxes) == ("delivered", ("ring_group:support",))
    got = to(sink)
    assert got.keys() == {"desk@example.com", "ann@example.com", "boss@example.com"}
    for each in got.values():
        ((name, kind, data),) = each.attached
        assert (kind, data) == ("audio/wav", sound())
        assert name.startswith("message-")
        assert each.sender == "noreply@example.com"
    assert got["desk@example.com"].message["Subject"] == f"Message from {caller.sender}"
    assert recording(office) in got["desk@example.com"].text


def test_what_is_done_twice_is_sent_once(office: Centre, sink: Sink) -> None:
    leave_message(office)
    for _ in range(3):
        work_off(office)
    office.house.telephony.post.voicemails.take(
        DeliverVoicemail(recording(office), message(office).execution, emails=("eve@x.example",))
    )
    work_off(office)
    assert len(sink.received) == 3
    assert message(office).state == "delivered"


def test_a_recording_that_comes_late_is_waited_for(office: Centre, sink: Sink) -> None:
    office.carrier.faults.rest.append(RestFault("GET", r"Recordings/.*\.wav", 1, 404, 20404))
    leave_message(office)
    assert work_off(office) > 0
    assert sink.received == []
    assert message(office).state == "waiting"
    assert work_off(office) == 0
    assert len(sink.received) == 3
    assert all(each.attached for each in sink.received)


def test_a_recording_that_never_comes_is_said_to_be_missing(office: Centre, sink: Sink) -> None:
    office.carrier.faults.rest.append(RestFault("GET", r"Recordings/.*\.wav", 99, 404, 20404))
    leave_message(office)
    work_off(office)
    give_up(office, "recording", recording(office))
    assert work_off(office) == 1  # the recording's own job, which the worker does not run again
    assert message(office).state == "unavailable"
    got = to(sink)
    assert "could not be had" in got["desk@example.com"].text
    assert "is not to be had" in got["boss@example.com"].text
    assert not any(each.attached for each in sink.received)


def test_nobody_spoke_of_the_recording_for_a_day(office: Centre, sink: Sink) -> None:
    leave_message(office)
    sid = recording(office)
    give_up(office, "voicemail", sid)
    assert message(office).state == "unavailable"
    for key in office.house.jobs("mail"):
        give_up(office, "mail", key.removeprefix("mail-"))
    assert to(sink).keys() == {"desk@example.com", "ann@example.com", "boss@example.com"}


def test_a_mail_server_that_is_down_comes_back(office: Centre, sink: Sink) -> None:
    sink.answers = {"CONNECT": ["drop"] * 3 + ["421 busy"] * 3}
    leave_message(office)
    assert work_off(office) == 3
    assert work_off(office) == 3
    assert sink.received == []
    assert work_off(office) == 0
    assert len(sink.received) == 3
    states = office.house.rows("SELECT state, attempts, sealed FROM lw_mails")
    assert [(state, tries, bytes(sealed)) for state, tries, sealed in states] == [
        ("sent", 3, b"")
    ] * 3


def test_an_answer_that_is_lost_is_sent_again_under_its_id(office: Centre, sink: Sink) -> None:
    leave_message(office)
    sink.answers = {"END": ["drop"]}
    assert work_off(office) == 1
    assert work_off(office) == 0
    ids = [str(each.message["Message-ID"]) for each in sink.received]
    assert len(ids) == 4
    assert len(set(ids)) == 3


def test_one_address_that_is_refused_harms_nobody_else(office: Centre, sink: Sink) -> None:
    sink.answers = {"RCPT desk@example.com": ["550 no such user"]}
    leave_message(office)
    assert work_off(office) == 0
    assert to(sink).keys() == {"ann@example.com", "boss@example.com"}
    states = office.house.rows("SELECT state, reason FROM lw_mails WHERE state <> 'sent'")
    assert states == [("failed", "the mail server refused every recipient (550)")]
    assert message(office).state == "delivered"


def test_without_a_mail_server_the_inbox_has_it_and_the_walk_is_told(centre: Centre) -> None:
    centre.house.publish(FLOW, NUMBER)
    centre.hire(AGENT)
    caller = leave_message(centre)
    assert "told the boss" not in caller.said()
    assert work_off(centre) == 0
    assert message(centre).inboxes == ("ring_group:support",)
    assert {row[0] for row in centre.house.rows("SELECT state FROM lw_mails")} == {"failed"}


def test_a_message_goes_with_its_recording(office: Centre, sink: Sink) -> None:
    leave_message(office)
    work_off(office)
    run = message(office).execution
    eraser = office.house.telephony.eraser
    number = message(office).number
    assert eraser is not None
    assert run
    result = office.house.app.test_cli_runner().invoke(args=["contacts", "erase", number, "--yes"])
    assert result.exit_code == 0, result.output
    assert office.house.rows("SELECT id FROM lw_voicemails") == []
    assert office.house.rows("SELECT id FROM lw_mails") == []


def test_messages_are_listed_and_marked_on_the_command_line(office: Centre) -> None:
    leave_message(office)
    work_off(office)
    sid = recording(office)

    def command(*words: str, code: int = 0) -> str:
        result = office.house.app.test_cli_runner().invoke(args=["voicemails", *words])
        assert result.exit_code == code, result.output
        return str(result.output)

    line = command("list", "--ring-group", "support", "--new").rstrip("\n").split("\t")
    assert line[0] == sid
    assert line[4:] == ["ring_group:support, desk@example.com", "new"]
    assert command("list", "--agent", "bob") == "no messages\n"
    assert command("heard", sid, "--by", "ann") == f"{sid} is heard\n"
    assert command("list", "--new") == "no messages\n"
    assert "heard by ann" in command("list")
    assert "there is no such message" in command("heard", "RE9", code=1)
    assert "not both" in command("list", "--agent", "a", "--ring-group", "b", code=2)
