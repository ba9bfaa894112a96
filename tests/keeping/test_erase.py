"""A contact who asks to be forgotten is found nowhere any more, and the next one is untouched."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from desk.subscriptions import EVENTS
from desk.voicemails import Voicemail
from desk.wrap_up import WrapUp
from flow.ledger import Contact
from store.schema_events import subscriptions
from tests.audio.sounds import tone, wav
from tests.centre.centre import ANN, Centre
from tests.keeping.commands import done, refused
from tests.standin.leg import Leg
from tests.support.carrier import Call
from tests.support.installation import Installation

NUMBER, NAME, EMAIL = "+15550177001", "Zebulon Quist", "zebulon@example.org"
OTHER = "+15550177002"
STORY = "+15550100002"
AGENT = {"id": "ann", "address": ANN}


def load(house: Installation) -> None:
    people = (
        Contact("c-77", NAME, NUMBER, EMAIL, {"street": "7 Elm"}),
        Contact("c-78", "Xanthe Other", OTHER, "xanthe@example.org"),
    )
    house.house.library.load_contacts(people)


def queued(centre: Centre, sender: str) -> Leg:
    """A caller waits, speaks with Ann, rates, and leaves."""
    caller = centre.carrier.call("+15550100001", sender)
    agent = centre.joined(caller, ANN)
    agent.hang_up()
    caller.press("4")
    centre.carrier.until(lambda: caller.over)
    return caller


def told(centre: Centre, sender: str) -> Call:
    """A caller leaves a message, rates, and says why; the recording is reported."""
    call = centre.house.carrier.call(STORY, sender).arrive()
    call.press("1").press("2").speak().press("5")
    call.say(f"Because {NAME if sender == NUMBER else 'nothing'} is happy")
    call.hang_up()
    centre.house.job("hangup", {"execution": centre.house.run(call).id, "call": call.sid})
    call.report_recording(call.recordings[0])
    return call


def seed(centre: Centre, sender: str) -> Call:
    queued(centre, sender)
    call = told(centre, sender)
    sid = call.recordings[0]
    kept = centre.house.house.recordings.save(sid, wav(tone(0.4)))
    with centre.house.house.store.work() as work:
        row = work.recording(sid)
        assert row is not None
        row.state, row.file = "kept", kept.file_id
        work.keep_recording(row)
    return call


def everything(house: Installation) -> dict[str, str]:
    """Every row of every table and every file, as text."""
    database = house.house.database
    found: dict[str, str] = {}
    with database.read() as connection:
        inspector = sa.inspect(connection)
        for schema in (None, "dbos") if not database.sqlite else (None,):
            for table in inspector.get_table_names(schema):
                name = f"{schema}.{table}" if schema else table
                rows = connection.exec_driver_sql(f"SELECT * FROM {name}").all()  # noqa: S608  a table's own name
                found[name] = "\n".join(str([_text(value) for value in row]) for row in rows)
    for folder in (house.settings.data_dir, house.settings.data_dir.parent):
        for path in folder.rglob("*"):
            if path.is_file():
                found[str(path)] = path.read_bytes().decode("latin-1")
    return found


def _text(value: Any) -> Any:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def traces(house: Installation, *marks: str) -> dict[str, list[str]]:
    texts = everything(house)
    hits = {mark: [where for where, text in texts.items() if mark in text] for mark in marks}
    return {mark: where for mark, where in hits.items() if where}


def test_after_an_erasure_nothing_is_found(centre: Centre) -> None:
    house = centre.house
    load(house)
    _subscribed(house)
    centre.hire(AGENT)
    mine, theirs = seed(centre, NUMBER), seed(centre, OTHER)
    centre.later(60)
    _noted(house)
    assert traces(house, NUMBER)[NUMBER].count("lw_events") == 1
    assert set(traces(house, NUMBER, NAME, EMAIL)) == {NUMBER, NAME, EMAIL}
    before = traces(house, OTHER)[OTHER]
    said = done(house, "contacts", "erase", NUMBER, "--yes")
    assert "in all" in said
    assert NUMBER not in said
    assert NAME not in said
    assert traces(house, NUMBER, NAME, EMAIL) == {}
    assert _tables(before) == _tables(traces(house, OTHER)[OTHER])
    assert house.house.past.recordings(house.run(theirs).id)
    _erasing_again_finds_nothing(house)
    _figures_stay(house)
    _late_reports_bring_nothing_back(house, mine)


def _subscribed(house: Installation) -> None:
    """Another system is told of everything, and does not answer."""
    row = {
        "id": "s1", "url": "https://crm.example.com", "events": list(EVENTS), "sealed": b"-",
        "created": house.clock(), "reason": "", "failures": 0,
    }  # fmt: skip
    with house.house.database.write() as connection:
        connection.execute(sa.insert(subscriptions), row)


def _for_agents(house: Installation, call: Call, sender: str) -> None:
    """The message of a call lies in the inbox of a ring group."""
    sid, run = call.recordings[0], house.run(call).id
    boxes = ("ring_group:support",)
    message = Voicemail(sid, run, sender, "", 7, house.clock(), "delivered", inboxes=boxes)
    with house.house.store.work() as work:
        work.keep_voicemail(message)


def _noted(house: Installation) -> None:
    """Ann writes down what she thinks of the first caller."""
    (first,) = house.rows("SELECT id FROM lw_assignments ORDER BY began LIMIT 1")[0]
    with house.house.store.work() as work:
        assert work.keep_wrap_up(WrapUp(first, f"{NAME} was angry", "angry", house.clock()))


def _tables(places: list[str]) -> list[str]:
    return [place for place in places if "/" not in place]


def _erasing_again_finds_nothing(house: Installation) -> None:
    for who in (NUMBER, EMAIL, "c-77"):
        assert "     0 in all" in done(house, "contacts", "erase", who, "--yes")
    proofs = house.rows("SELECT counts FROM lw_erasures ORDER BY at")
    assert len(proofs) == 4
    first = json.loads(proofs[0][0])
    assert first["histories"] == 2
    assert first["recordings"] == 1
    assert first["contacts"] == 1
    assert [json.loads(row[0]) for row in proofs[1:]] == [{}, {}, {}]


def _figures_stay(house: Installation) -> None:
    query = "SELECT execution, kind, answer FROM lw_survey_answers WHERE execution = '' ORDER BY id"
    assert house.rows(query) == [("", "rating", "4"), ("", "rating", "5")]
    served = house.rows("SELECT contact, agent, how FROM lw_assignments ORDER BY contact")
    assert served[0] == ("(erased)", "ann", "finished")


def _late_reports_bring_nothing_back(house: Installation, mine: Call) -> None:
    mine.report("completed")
    mine.report_recording(mine.recordings[0])
    mine.report_recording(f"RE{'9' * 32}")
    assert traces(house, NUMBER) == {}
    assert house.rows("SELECT sid FROM lw_recordings WHERE call = :sid", sid=mine.sid) == []


def test_the_carriers_copy_is_deleted_and_retried(centre: Centre) -> None:
    house = centre.house
    load(house)
    mine = told(centre, NUMBER)
    sid = mine.recordings[0]
    done(house, "contacts", "erase", "c-77", "--yes")
    assert house.rows("SELECT gone FROM lw_carrier_copies WHERE sid = :sid", sid=sid) == [(None,)]
    centre.carrier.fail_next("DELETE", "/Recordings/", status=500)
    centre.later(1)
    centre.carrier.until(lambda: house.rows("SELECT gone FROM lw_carrier_copies")[0][0] is not None)
    deleted = [asked for asked in centre.carrier.requests if asked.method == "DELETE"]
    assert [asked.path.rpartition("/")[2] for asked in deleted] == [f"{sid}.json"] * 2


def test_who_is_on_the_line_is_not_erased(centre: Centre) -> None:
    house = centre.house
    load(house)
    call = house.carrier.call(STORY, NUMBER).arrive()
    assert "try again when it is over" in refused(house, "contacts", "erase", NUMBER, "--yes")
    assert house.run(call).status == "waiting"
    call.press("1")
    call.hang_up()
    done(house, "contacts", "erase", EMAIL, "--yes")
    assert traces(house, NUMBER, NAME) == {}


def test_who_is_held_is_not_erased(centre: Centre) -> None:
    house = centre.house
    load(house)
    house.carrier.call(STORY, NUMBER).arrive().hang_up()
    done(house, "contacts", "hold", EMAIL, "--reason", "case 12")
    for who in (NUMBER, EMAIL, "c-77"):
        assert "held since" in refused(house, "contacts", "erase", who, "--yes")
    assert "1 hold ended" in done(house, "contacts", "release", "c-77")
    assert "0 holds ended" in done(house, "contacts", "release", "c-77")
    done(house, "contacts", "erase", NUMBER, "--yes")
    assert traces(house, NUMBER, NAME) == {}


@pytest.mark.parametrize(
    ("who", "word"),
    [(STORY, "bound to a flow"), (ANN, "an agent's")],
)
def test_numbers_of_ours_are_nobodys(centre: Centre, who: str, word: str) -> None:
    centre.hire(AGENT)
    assert word in refused(centre.house, "contacts", "erase", who, "--yes")


def test_others_who_mention_somebody_keep_their_story(centre: Centre) -> None:
    house = centre.house
    load(house)
    call = house.carrier.call(STORY, OTHER).arrive()
    call.press("3").press("5")
    call.say(f"{NUMBER} told me so")
    call.hang_up()
    said = done(house, "contacts", "erase", NUMBER, "--yes")
    assert "1 histories of others mention" in said
    assert house.run(call).status == "ended"


def test_an_export_holds_what_is_theirs_and_nothing_else(centre: Centre, tmp_path: Path) -> None:
    house = centre.house
    load(house)
    _subscribed(house)
    centre.hire(AGENT)
    mine, theirs = seed(centre, NUMBER), seed(centre, OTHER)
    for call, sender in ((mine, NUMBER), (theirs, OTHER)):
        _for_agents(house, call, sender)
    file = tmp_path / "mine.zip"
    said = done(house, "contacts", "export", EMAIL, "-o", str(file))
    assert "1 recordings" in said
    with zipfile.ZipFile(file) as packed:
        names = packed.namelist()
        text = packed.read("contact.json").decode()
        sound = packed.read(f"recordings/{mine.recordings[0]}.wav")
    assert names == ["contact.json", f"recordings/{mine.recordings[0]}.wav"]
    assert sound == wav(tone(0.4))
    data = json.loads(text)
    assert data["contacts"][0]["fields"] == {"street": "7 Elm"}
    assert len(data["executions"]) == 2
    assert {row["answer"] for row in data["survey_answers"]} >= {"4", "5"}
    assert [row["sid"] for row in data["recordings"]] == mine.recordings
    assert [row["number"] for row in data["voicemails"]] == [NUMBER]
    assert data["voicemails"][0]["inboxes"] == ["ring_group:support"]
    told = {row["execution"] for row in data["events"]}
    assert told == {row["id"] for row in data["executions"]}
    assert {"interaction.started", "interaction.ended"} <= {row["name"] for row in data["events"]}
    assert OTHER not in text
    assert theirs.sid not in text
    assert file.stat().st_mode & 0o077 == 0
