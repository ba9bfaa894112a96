"""Answers that agents have ready: kept by the operator, filled in when they are sent."""

from tests.messages.desk import ANN, open_office
from tests.messages.town import Town

GREETING = "Hello {{ contact.name | default: 'there' }}, {{ vars.order }} is sent. {{ agent.name }}"


def test_an_answer_is_kept_listed_filled_in_sent_and_removed(town: Town) -> None:
    office = open_office(town)
    office.hire(ANN)
    path = "/message-templates/sent"
    kept = office.api.send("PUT", path, key=office.boss, json={"title": "Sent", "text": GREETING})
    assert kept.status_code == 200, kept.text
    listed = office.api.get("/message-templates", key=office.key)["items"]
    assert [(one["id"], one["title"]) for one in listed] == [("sent", "Sent")]
    writer = office.writer()
    writer.say("Where is it?")
    given = office.until("agent", ANN)
    town.until_heard(writer, 1)
    wanting = office.ask(given, "messages", agent=ANN, template="sent")
    assert (wanting.status_code, wanting.json["errors"][0]["field"]) == (422, "variables.order")
    office.do(given, "messages", agent=ANN, template="sent", variables={"order": "A {{ 1 }}"})
    assert town.until_heard(writer, 2)[1] == "Hello there, A {{ 1 }} is sent. Ann"
    assert office.ask(given, "messages", agent=ANN, template="none").status_code == 422
    assert office.ask(given, "messages", agent=ANN).status_code == 400
    assert office.api.send("DELETE", path, key=office.key).status_code == 403
    assert office.api.send("DELETE", path, key=office.boss).status_code == 204
    assert office.api.send("GET", path, key=office.boss).status_code == 404
    assert office.api.send("DELETE", path, key=office.boss).status_code == 404


def test_a_text_that_cannot_be_filled_in_is_refused(town: Town) -> None:
    office = open_office(town)
    for text, word in (
        ("{{ contact.name", ""),
        ("{{ secrets.key }}", "'secrets' is unknown here"),
        ("{{ contact.name | shout }}", "no filter 'shout'"),
    ):
        answer = office.api.send(
            "PUT", "/message-templates/x", key=office.boss, json={"text": text}
        )
        assert answer.status_code == 400, text
        assert word in answer.get_json()["detail"]
