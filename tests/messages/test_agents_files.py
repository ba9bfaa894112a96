"""Agents send files: on every channel the contact gets the bytes, and nothing that runs."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.keeping.commands import done
from tests.messages.desk import ANN, BOB, Office, open_office
from tests.messages.test_files import PIXEL
from tests.messages.town import ByCarrier, ByChat, Contact, Town

PICTURE = {"name": "lamp.png", "data": b64encode(PIXEL).decode()}
BILL = {"name": "bill.txt", "data": b64encode(b"One lamp: 9.90\n").decode()}


@pytest.fixture
def office(town: Town) -> Office:
    """An office with one agent."""
    made = open_office(town)
    made.hire(ANN)
    return made


def begun(office: Office, contact: Contact) -> Any:
    """A conversation that the agent has."""
    contact.say("How does it look?")
    given = office.until("agent", ANN)
    office.town.until_heard(contact, 1)
    return given


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "chat", "email"])
def test_the_contact_gets_the_file(office: Office, channel: str) -> None:
    town, contact = office.town, office.town.contact(channel)
    given = begun(office, contact)
    sent = office.do(given, "messages", agent=ANN, text="Like this.", files=[PICTURE])
    (told,) = sent["media"]
    assert (told["name"], told["type"], told["size"]) == ("lamp.png", "image/png", len(PIXEL))
    assert town.until_heard(contact, 2)[1] == "Like this."
    assert fetched(town, contact) == [("lamp.png", PIXEL)]
    path = f"/conversations/{given['id']}/messages/{sent['id']}/files/{told['id']}"
    assert office.api.send("GET", path, key=office.key).data == PIXEL


def fetched(town: Town, contact: Contact) -> list[tuple[str, bytes]]:
    """Names and bytes of the files of the last message, as its channel gives them."""
    match contact:
        case ByCarrier():
            last = [each for each in town.carrier.texts if each.to.endswith(contact.number)][-1]
            address = urlsplit(last.wanted["MediaUrl"])
            answer = town.house.app.test_client().get(address.path, buffered=True)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            name = answer.headers["Content-Disposition"].partition("filename=")[2]
            return [(name, answer.data)]
        case ByChat():
            files = contact.visitor.history()["messages"][-1]["files"]
            answers = [contact.visitor.get(f"files/{each['id']}") for each in files]
            return [(each["name"], got.data) for each, got in zip(files, answers, strict=True)]
        case _:
            return [(name, data) for name, _, data in town.post.received[-1].attached]


def test_a_file_alone_is_a_message_and_a_repeat_is_none(office: Office) -> None:
    writer = office.writer()
    given = begun(office, writer)
    key = {"Idempotency-Key": "one"}
    first = office.do(given, "messages", agent=ANN, files=[PICTURE], headers=key)
    again = office.do(given, "messages", agent=ANN, files=[PICTURE], headers=key)
    assert (again["id"], again["media"]) == (first["id"], first["media"])
    other = office.ask(given, "messages", agent=ANN, files=[BILL], headers=key)
    assert other.status_code == 422
    office.town.until_heard(writer, 2)
    assert len(kept(office)) == 1
    refused = office.ask(given, "messages", agent=BOB, files=[BILL])
    assert refused.status_code == 422, "there is no such agent"
    office.hire(ANN, BOB)
    refused = office.ask(given, "messages", agent=BOB, files=[BILL])
    assert refused.status_code == 409
    assert len(kept(office)) == 1, "what was not sent is not kept"
    office.do(given, "close", agent=ANN)
    office.town.until_heard(writer, 3)
    writer.say("5")
    office.until("closed")
    office.town.until_sent()
    done(office.town.house, "contacts", "erase", writer.number, "--yes")
    assert kept(office) == []


def kept(office: Office) -> list[str]:
    """The files that are on the disk."""
    folder = office.town.house.settings.data_dir / "media"
    return [path.name for path in folder.iterdir()]


def made(name: str, data: bytes) -> dict[str, str]:
    """A file as the API takes it."""
    return {"name": name, "data": b64encode(data).decode()}


LARGE = 5 * 1024 * 1024 + 1
REFUSED: dict[str, tuple[list[dict[str, str]], str, str]] = {
    "a program": ([made("lamp.exe", b"MZ")], "files.0.name", "lamp.exe may not be sent"),
    "a page": ([made("lamp.png", b"<script>")], "files.0.name", "is not what its name says"),
    "no base64": ([PICTURE, {**BILL, "data": "?"}], "files.1.data", "this is no base64"),
    "nothing": ([{**BILL, "data": "===="}], "files.0.data", "this is no base64"),
    "too much": (
        [made(f"{name}.txt", b"x" * LARGE) for name in "ab"],
        "files",
        "more than 10 MB together",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_not_be_sent_is_refused_and_named(office: Office, name: str) -> None:
    given = begun(office, office.writer())
    files, field, why = REFUSED[name]
    answer = office.ask(given, "messages", agent=ANN, text="Look", files=files)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json["errors"]
    assert error["field"] == field
    assert why in error["message"]
    assert kept(office) == []


@pytest.mark.parametrize(
    "body", [{}, {"files": []}, {"files": [PICTURE] * 6}, {"text": "a", "template": "b"}]
)
def test_a_message_has_something_in_it_and_not_too_much(
    office: Office, body: dict[str, Any]
) -> None:
    given = begun(office, office.writer())
    assert office.ask(given, "messages", agent=ANN, **body).status_code == 400


TOO_LARGE = "the request is too large: send at most {} MB"
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(24)


def test_a_request_that_is_too_large_is_told_how_large_it_may_be(office: Office) -> None:
    given = begun(office, office.writer())
    answer = office.ask(given, "messages", agent=ANN, text="x" * 15_000_000)
    assert (answer.status_code, answer.json["detail"]) == (413, TOO_LARGE.format(13))
    answer = office.ask(given, "close", agent=ANN, notes="x" * 2_000_000)
    assert (answer.status_code, answer.json["detail"]) == (413, TOO_LARGE.format(1))


NEVER: dict[str, tuple[Callable[[Office], Contact], list[dict[str, str]], str]] = {
    "sms": (
        lambda office: office.writer(),
        [made("long.txt", b"x" * 600_000)],
        "long.txt is too large",
    ),
    "whatsapp": (
        lambda office: office.town.contact("whatsapp"),
        [made("lamp.wav", WAV)],
        "WhatsApp takes no WAV sound",
    ),
}


@pytest.mark.parametrize("channel", NEVER)
def test_what_a_channel_never_takes_comes_back_as_failed(office: Office, channel: str) -> None:
    contact, files, why = NEVER[channel]
    given = begun(office, contact(office))
    sent = office.do(given, "messages", agent=ANN, files=files)
    assert sent["state"] == "failed"
    assert why in sent["reason"]
