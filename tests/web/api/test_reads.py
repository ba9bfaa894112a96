"""What is kept is read in pages and changed one by one; every change stands in the audit log."""

import wave
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest

from flow.effects import ReportLabel, SurveyAnswer
from flow.ledger import Recording, Run, Saved
from tests.store.builders import MINUTE, a_run
from tests.web.api.client import NOTE, Api, fields

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def wav() -> bytes:
    out = BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(b"\x00\x40\x00\xc0" * 4000)
    return out.getvalue()


def answer(**changes: Any) -> SurveyAnswer:
    given: dict[str, Any] = {
        "survey": "after", "step": "ask", "question": "q1", "kind": "rating",
        "metric": "csat", "answer": "5", "score": 5.0, "agent": "ann", "queue": "support",
    }  # fmt: skip
    return SurveyAnswer(**{**given, **changes})


def run(api: Api, name: str, at: datetime, facts: Any = (), **more: Any) -> Run:
    """Write an execution as a turn of the voice does."""
    given = {"interaction": name, "token": name, "started": at, "updated": at, **more}
    kept = a_run(id=name, **given)
    kept.state = '{"format":1,"frames":[{"step":"queue"},{"step":"ask"}]}'
    with api.house.house.store.work() as work:
        work.save(Saved(kept, new=True, facts=facts))
    return kept


def audited(api: Api) -> list[tuple[str, str]]:
    """What the audit log holds of the test's key, the oldest first."""
    entries = api.house.house.audit.newest(50)[::-1]
    assert {entry.actor for entry in entries} <= {api.key_id(api.key)}
    return [(entry.action, entry.subject) for entry in entries]


# -- interactions -----------------------------------------------------------------------------


def test_interactions_are_listed_newest_first_in_pages(every_api: Api) -> None:
    api = every_api
    for number in range(5):
        run(api, f"e{number}", START + (number // 2) * MINUTE)
    names = [one["interaction_id"] for one in api.items("/interactions?limit=2")]
    assert names == ["e4", "e3", "e2", "e1", "e0"]
    assert api.get("/interactions?limit=5")["next"] is None


def test_interactions_are_filtered(every_api: Api) -> None:
    api = every_api
    now = api.house.clock()
    run(api, "old", now - timedelta(days=40), status="waiting")
    run(api, "e1", now - MINUTE, status="ended", flow="sales", ended=now, outcome="completed")
    run(api, "e2", now, status="waiting")
    for query, names in {
        "": ["e2", "e1", "old"],
        "flow=sales": ["e1"],
        "flow=nobody": [],
        "status=ended": ["e1"],
        "status=waiting": ["e2"],
        "status=running": [],
    }.items():
        found = api.items(f"/interactions?{query}&limit=1".replace("?&", "?"))
        assert [one["interaction_id"] for one in found] == names, query
    assert list(fields(api.refused(400, "GET", "/interactions?status=dead"))) == ["status"]


def test_an_interaction_tells_everything_but_secrets(every_api: Api) -> None:
    api = every_api
    facts = (answer(), ReportLabel("outcome", "sold"), ReportLabel("amount", 7.5))
    run(api, "e1", START, facts, sealed=b"\x00secret", contact="c1")
    with api.house.house.store.work() as work:
        work.keep_recording(Recording("RE1", "kept", START, "CA1", "e1", "ask", "call", 3))
    run(api, "e2", START + MINUTE, interaction="e1", status="ended", outcome="completed")
    found = api.get("/interactions/e1")
    assert found["flow_execution_id"] == "e2"
    assert (found["status"], found["step"], found["outcome"]) == ("ended", "", "completed")
    assert found["survey_answers"][0]["score"] == 5.0
    assert found["labels"] == [
        {"name": "outcome", "value": "sold"},
        {"name": "amount", "value": 7.5},
    ]
    assert [one["id"] for one in found["recordings"]] == ["RE1"]
    assert not {"sealed", "state", "token"} & set(found)
    assert [one["interaction_id"] for one in api.items("/interactions")] == ["e1"]
    assert api.get("/interactions")["items"][0]["step"] == "queue/ask"
    api.refused(404, "GET", "/interactions/e9")


# -- flows ------------------------------------------------------------------------------------


def test_flows_and_versions_are_listed_and_read(api: Api) -> None:
    api.publish(NOTE.replace("default: 3", "default: 4"))
    assert api.items("/flows?limit=1") == [
        {"flow": "note", "type": "api_request", "published": 2, "draft": None, "versions": 2},
        {"flow": "slow", "type": "api_request", "published": 1, "draft": None, "versions": 1},
    ]
    assert api.get("/flows/note") == api.items("/flows")[0]
    found = api.items("/flows/note/versions?limit=1")
    assert [(one["version"], one["state"]) for one in found] == [(2, "published"), (1, "archived")]
    assert api.get("/flows/note/versions/1")["source"] == NOTE
    for path in ("/flows/nobody", "/flows/nobody/versions", "/flows/note/versions/3"):
        api.refused(404, "GET", path)
    api.refused(404, "GET", "/flows/note/versions/" + "9" * 40)


def test_a_document_is_published_as_text_or_json(api: Api) -> None:
    first = api.done("POST", "/flows/note/versions", {"source": NOTE}, 201)
    assert (first["version"], first["state"], first["warnings"]) == (2, "published", [])
    assert api.get("/flows/note/versions/2")["source"] == NOTE
    document = {
        "linewalk": 1, "flow": "third", "type": "api_request", "start": "a",
        "variables": {"unused": {"type": "string"}}, "steps": {"a": {"component": "end"}},
    }  # fmt: skip
    third = api.done("POST", "/flows/third/versions", {"document": document}, 201)
    assert (third["flow"], third["version"]) == ("third", 1)
    assert "unused" in third["warnings"][0]["field"]
    assert api.start("third", {}).status_code == 202
    assert audited(api) == [("flows.publish", "note"), ("flows.publish", "third")]


def test_what_is_wrong_with_a_document_is_told_with_its_line(api: Api) -> None:
    broken = NOTE.replace("exits: {done: bye}", "exits: {done: by}")
    body = {"source": broken}
    told = api.refused(400, "POST", "/flows/note/versions", json=body)
    assert {
        "field": "label.exits.done",
        "message": "there is no step 'by'; did you mean 'bye'?",
        "line": 12,
        "severity": "error",
    } in told["errors"]
    assert api.get("/flows/note")["published"] == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "give either source or document"),
        ({"source": NOTE, "document": {}}, "give either source or document"),
        ({"source": NOTE.replace("flow: note", "flow: other")}, "of the flow 'other'"),
        ({"source": "a: ["}, "see errors"),
        ({"document": {}}, "see errors"),
        ({"source": "\u0000"}, "see errors"),
    ],
)
def test_what_cannot_be_published(api: Api, body: Any, reason: str) -> None:
    told = api.refused(400, "POST", "/flows/note/versions", json=body)
    assert reason in str(told)
    assert api.get("/flows/note")["published"] == 1
    api.refused(404, "GET", "/flows/other")


def test_a_prompt_that_is_missing_is_named(api: Api) -> None:
    call = (
        "linewalk: 1\nflow: tune\ntype: incoming_call\nstart: a\nsteps:\n"
        "  a: {component: play, message: {audio: jingle}, exits: {done: b}}\n"
        "  b: {component: end}\n"
    )
    told = api.refused(400, "POST", "/flows/tune/versions", json={"source": call})
    assert fields(told) == {"jingle": "there is no such prompt"}
    api.house.house.prompts.add("jingle", BytesIO(wav()), "jingle.wav")
    api.done("POST", "/flows/tune/versions", {"source": call}, 201)
    (prompt,) = api.items("/prompts")
    assert (prompt["name"], prompt["filename"], prompt["seconds"]) == ("jingle", "jingle.wav", 1.0)
    assert "file_id" not in prompt


def test_an_older_version_is_published_again(api: Api) -> None:
    api.publish(NOTE.replace("default: 3", "default: 4"))
    back = api.done("POST", "/flows/note/rollback", {"version": 1})
    assert (back["version"], back["state"]) == (1, "published")
    assert api.get("/flows/note")["published"] == 1
    api.refused(404, "POST", "/flows/note/rollback", json={"version": 3})
    api.refused(404, "POST", "/flows/nobody/rollback", json={"version": 1})
    for wrong in (0, "1", True, 1.5, None, 10**10):
        told = api.refused(400, "POST", "/flows/note/rollback", json={"version": wrong})
        assert list(fields(told)) == ["version"]
    assert audited(api) == [("flows.rollback", "note")]


# -- bindings ---------------------------------------------------------------------------------


def test_addresses_are_bound_and_freed(api: Api) -> None:
    bound = api.done("PUT", "/bindings/+1%20555%20010%200009", {"flow": "note"})
    assert bound == {"address": "+15550100009", "flow": "note"}
    api.done("PUT", "/bindings/chat:Shop", {"flow": "slow"})
    assert api.items("/bindings?limit=1") == [bound, {"address": "chat:shop", "flow": "slow"}]
    assert api.send("DELETE", "/bindings/+15550100009").status_code == 204
    api.refused(404, "DELETE", "/bindings/+15550100009")
    api.refused(404, "DELETE", "/bindings/fax")
    api.refused(404, "PUT", "/bindings/chat:shop", json={"flow": "nobody"})
    told = api.refused(400, "PUT", "/bindings/fax", json={"flow": "note"})
    assert "no address" in fields(told)["address"]
    assert [action for action, _ in audited(api)] == [
        "bindings.put",
        "bindings.put",
        "bindings.delete",
    ]


# -- contacts ---------------------------------------------------------------------------------

ADA = {"name": "Ada", "number": "+1 555 012 3456", "email": "Ada@Example.org", "fields": {"vip": 1}}


def test_a_contact_is_put_changed_and_removed(every_api: Api) -> None:
    api = every_api
    put = api.done("PUT", "/contacts/c1", ADA)
    kept = {**ADA, "id": "c1", "number": "+15550123456", "email": "ada@example.org"}
    assert put == api.get("/contacts/c1") == kept
    change = {"name": "Ada L.", "fields": {"vip": None, "tier": "gold"}}
    changed = api.done("PATCH", "/contacts/c1", change)
    assert changed == {**kept, "name": "Ada L.", "fields": {"tier": "gold"}}
    assert api.done("PUT", "/contacts/c1", {"name": "A"})["number"] == ""
    assert api.get("/contacts/c1")["fields"] == {}
    assert api.send("DELETE", "/contacts/c1").status_code == 204
    for method in ("GET", "DELETE"):
        api.refused(404, method, "/contacts/c1")
    api.refused(404, "PATCH", "/contacts/c1", json={"name": "A"})
    assert audited(api) == [
        ("contacts.put", "c1"),
        ("contacts.change", "c1"),
        ("contacts.put", "c1"),
        ("contacts.delete", "c1"),
    ]


def test_no_two_contacts_share_a_number(every_api: Api) -> None:
    api = every_api
    api.done("PUT", "/contacts/c1", ADA)
    api.done("PUT", "/contacts/c2", {"email": "b@example.org"})
    for method, path in (("PUT", "/contacts/c3"), ("PATCH", "/contacts/c2")):
        told = api.refused(409, method, path, json={"number": "+15550123456"})
        assert "another contact" in told["detail"]
    assert [one["id"] for one in api.items("/contacts?limit=1")] == ["c1", "c2"]
    assert api.get("/contacts/c2")["number"] == ""


# -- recordings -------------------------------------------------------------------------------


@pytest.fixture
def recorded(api: Api) -> Api:
    """Two recordings, of one of which the sound is here."""
    with api.house.house.store.work() as work:
        for name, execution in (("RE1", "e1"), ("RE2", "e2")):
            work.keep_recording(Recording(name, "kept", START, "CA1", execution, "ask", "call", 1))
    api.house.house.recordings.save("RE1", BytesIO(wav()))
    return api


def test_recordings_are_listed(recorded: Api) -> None:
    assert [one["id"] for one in recorded.items("/recordings?limit=1")] == ["RE1", "RE2"]
    found = recorded.items("/recordings?flow_execution_id=e2")
    assert [one["id"] for one in found] == ["RE2"]
    assert "file" not in recorded.get("/recordings/RE1")
    recorded.refused(404, "GET", "/recordings/RE9")
    assert audited(recorded) == []


def test_a_download_is_written_down_first(recorded: Api) -> None:
    answer = recorded.send("GET", "/recordings/RE1/audio")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "audio/wav", wav())
    assert answer.headers["Content-Disposition"] == "attachment; filename=RE1.wav"
    assert audited(recorded) == [("recordings.download", "RE1")]
    for name in ("RE2", "RE9", "..%2Fsecret.key", "%2e%2e"):
        recorded.refused(404, "GET", f"/recordings/{name}/audio")
    assert len(audited(recorded)) == 1


# -- surveys and reports ----------------------------------------------------------------------


def test_answers_and_labels_are_listed_newest_first(every_api: Api) -> None:
    api = every_api
    for number in range(4):
        facts = (
            answer(question=f"q{number % 2}", agent="ann" if number else "bob"),
            ReportLabel("amount", float(number)),
            ReportLabel("outcome", f"o{number}"),
        )
        run(api, f"e{number}", START + number * MINUTE, facts)
    for query, executions in {
        "limit=1": ["e3", "e2", "e1", "e0"],
        "question=q0": ["e2", "e0"],
        "agent=bob": ["e0"],
        "survey=before": [],
        "since=2026-11-24T08:02:00Z": ["e3", "e2"],
        "since=2026-11-24T09:01:00%2B01:00&until=2026-11-24T08:02:00Z": ["e1"],
    }.items():
        found = api.items(f"/surveys?{query}")
        assert [one["flow_execution_id"] for one in found] == executions, query
    labels = api.items("/reports?name=amount&limit=3")
    assert [one["value"] for one in labels] == [3.0, 2.0, 1.0, 0.0]
    assert [one["value"] for one in api.items("/reports?label=o2")] == ["o2"]


@pytest.mark.parametrize("moment", ["1764000000", "2026-11-24", "2026-11-24T08:00:00", "yesterday"])
def test_a_time_has_a_zone(api: Api, moment: str) -> None:
    assert list(fields(api.refused(400, "GET", f"/surveys?since={moment}"))) == ["since"]
