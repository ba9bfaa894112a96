"""Messages for agents by the API: listed in pages, by inbox, marked as heard once."""

from desk.voicemails import Voicemail
from flow.ledger import Recording
from tests.store.builders import MINUTE
from tests.web.api.client import Api
from tests.web.api.test_reads import START, audited, run


def messages(api: Api) -> None:
    """Three messages, a minute apart; the second is Bob's, the others the group's."""
    run(api, "e1", START)
    with api.house.house.store.work() as work:
        for number in range(3):
            sid, at = f"RE{number}", START + number * MINUTE
            box = "agent:bob" if number == 1 else "ring_group:support"
            work.keep_recording(Recording(sid, "kept", at, execution="e1", kind="voicemail"))
            work.keep_voicemail(
                Voicemail(sid, "e1", "+15550123456", "Ann", 7, at, "delivered", inboxes=(box,))
            )


def ids(api: Api, query: str) -> list[str]:
    return [one["id"] for one in api.items(f"/voicemails?{query}")]


def test_messages_are_listed_by_inbox_in_pages(every_api: Api) -> None:
    messages(every_api)
    assert ids(every_api, "limit=1") == ["RE2", "RE1", "RE0"]
    assert ids(every_api, "ring_group=support&limit=1") == ["RE2", "RE0"]
    assert ids(every_api, "agent=bob") == ["RE1"]
    assert ids(every_api, "agent=support") == []
    told = every_api.refused(400, "GET", "/voicemails?agent=bob&ring_group=support")
    assert "not both" in str(told)


def test_the_first_who_heard_a_message_is_written(every_api: Api) -> None:
    messages(every_api)
    first = every_api.done("PUT", "/voicemails/RE1/heard", {"by": "bob"})
    assert first["heard_by"] == "bob"
    assert first["heard"]
    assert every_api.done("PUT", "/voicemails/RE1/heard", {"by": "ann"}) == first
    assert every_api.get("/voicemails/RE1") == first
    assert ids(every_api, "heard=true") == ["RE1"]
    assert ids(every_api, "heard=false") == ["RE2", "RE0"]
    assert audited(every_api) == [("voicemails.heard", "RE1")] * 2


def test_there_is_no_such_message(every_api: Api) -> None:
    every_api.refused(404, "GET", "/voicemails/RE9")
    every_api.refused(404, "PUT", "/voicemails/RE9/heard", json={"by": "ann"})
    every_api.refused(400, "GET", "/voicemails?heard=perhaps")


def test_an_agent_has_an_email_address(every_api: Api) -> None:
    ann = {"name": "Ann", "address": "client:ann", "email": "ann@example.com"}
    assert every_api.done("PUT", "/agents/ann", ann)["email"] == "ann@example.com"
    changed = every_api.done("PATCH", "/agents/ann", {"email": ""})
    assert changed["email"] == ""
    every_api.refused(400, "PATCH", "/agents/ann", json={"email": "a@b.example\nBcc: c@d.example"})
    every_api.refused(400, "PATCH", "/agents/ann", json={"email": "a@b.example,c@d.example"})
