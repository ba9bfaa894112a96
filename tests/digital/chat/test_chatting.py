"""A visitor chats with a flow: session, form, messages, history, what was read, files."""

from io import BytesIO

from flask import Flask

from tests.audio.sounds import wav
from tests.digital.chat.visitors import Agent, Visitor, answered, problem
from tests.support.installation import BASE, Installation


def test_a_visitor_writes_and_the_flow_answers_in_order(visitor: Visitor) -> None:
    first = visitor.say("Hi!")
    assert first["state"] == "received"
    assert first["text"] == "Hi!"
    assert visitor.sees() == [("visitor", "Hi!"), ("flow", "Hello! What can we do for you?")]
    _, question = visitor.history()["messages"]
    assert question["choices"][0]["label"] == "Where is my order?"
    visitor.say("Where is my order?", choice=question["choices"][0]["value"])
    visitor.say("AB12")
    assert visitor.sees()[2:5] == [
        ("visitor", "Where is my order?"),
        ("flow", "Which order is it?"),
        ("visitor", "AB12"),
    ]
    assert "Order AB12 is on its way" in visitor.sees()[5][1]


def test_a_session_says_what_the_widget_needs(app: Flask) -> None:
    found = Visitor(app.test_client()).come()
    assert found["title"] == "Acme Support"
    assert (found["form"], found["begins"], found["conversation"]) == ([], "message", None)
    assert found["limits"]["text"] == 4000
    assert "exe" not in found["limits"]["endings"]
    fields = Visitor(app.test_client(), "form").come()["form"]
    assert fields == [
        {"name": "name", "label": "Name", "type": "text", "required": True},
        {"name": "email", "label": "Email", "type": "email", "required": True},
        {"name": "invoice_number", "label": "Invoice number", "type": "integer", "required": False},
        {
            "name": "updates",
            "label": "Updates",
            "type": "boolean",
            "required": False,
            "default": False,
        },
    ]


def test_a_form_begins_the_conversation_and_the_flow_greets(app: Flask) -> None:
    visitor = Visitor(app.test_client(), "form")
    visitor.come()
    wrong = visitor.post("begin", {"key": "begin-0001", "inputs": {"invoice_number": "x"}})
    assert wrong.status_code == 400
    fields = {one["field"]: one["message"] for one in problem(wrong)["errors"]}
    assert fields == {
        "name": "is required",
        "email": "is required",
        "invoice_number": "must be an integer",
    }
    assert problem(visitor.post("messages", {"key": "key-000001", "text": "x"}))["errors"]
    inputs = {"name": "Ann", "email": "ann@example.org", "invoice_number": "7", "updates": True}
    begun = visitor.post("begin", {"key": "begin-0002", "inputs": inputs})
    assert begun.status_code == 202
    assert visitor.sees() == [("flow", "Hello Ann, what is it about?")]
    visitor.say("my bill")
    assert visitor.sees()[-1] == ("flow", "Thank you, Ann. We will write to ann@example.org.")
    again = visitor.post("begin", {"key": "begin-0002", "inputs": inputs})
    assert again.json == {"conversation": answered(begun)["conversation"], "repeated": True}


def test_a_form_that_is_sent_twice_begins_one_conversation(app: Flask) -> None:
    visitor = Visitor(app.test_client(), "form")
    visitor.come()
    inputs = {"name": "Ann", "email": "ann@example.org"}
    answers = [visitor.post("begin", {"key": "begin-0001", "inputs": inputs}) for _ in range(2)]
    assert [answered(answer)["repeated"] for answer in answers] == [False, True]
    assert visitor.sees() == [("flow", "Hello Ann, what is it about?")]


def test_a_message_that_is_sent_again_is_known(visitor: Visitor) -> None:
    first = visitor.say("Hi!", key="the-same-1")
    again = visitor.say("Hi!", key="the-same-1")
    assert again["repeated"]
    assert again["id"] == first["id"]
    assert len(visitor.sees()) == 2


def test_the_message_that_ended_a_conversation_does_not_begin_another(visitor: Visitor) -> None:
    visitor.say("Hi!")
    last = visitor.say("Nothing", key="the-last-1")
    history = visitor.history()
    assert history["standing"]["state"] == "closed"
    again = visitor.say("Nothing", key="the-last-1")
    assert again["repeated"]
    assert (again["id"], again["conversation"]) == (last["id"], last["conversation"])
    assert visitor.history() == history


def test_after_the_end_a_message_begins_anew_and_history_goes_on(visitor: Visitor) -> None:
    visitor.say("Hi!")
    visitor.say("bye")
    place = visitor.history()["after"]
    visitor.say("Me again")
    more = visitor.history(place)
    assert (more["messages"], more["more"]) == ([], True)
    more = visitor.history(more["after"])
    assert more["messages"][0]["text"] == "Me again"
    assert more["standing"]["state"] == "flow"
    assert visitor.sees()[0] == ("visitor", "Me again")


def test_a_long_thread_comes_in_pages(visitor: Visitor, agent: Agent) -> None:
    conversation = visitor.say("Hi!")["conversation"]
    for number in range(130):
        agent.say(conversation, f"line {number}")
    page, found = visitor.history(), []
    while True:
        found += [one["text"] for one in page["messages"]]
        if not page["more"]:
            break
        page = visitor.history(page["after"])
    assert found[2:] == [f"line {number}" for number in range(130)]
    assert visitor.history(page["after"])["messages"] == []


def test_the_agent_is_shown_by_name_and_reads_what_was_read(visitor: Visitor, agent: Agent) -> None:
    conversation = visitor.say("Hi!")["conversation"]
    agent.join(conversation)
    message = agent.say(conversation, "I am Ann")
    history = visitor.history()
    assert history["standing"] == {"conversation": conversation, "state": "agent", "agent": "Ann"}
    last = history["messages"][-1]
    assert (last["from"], last["name"], last["text"]) == ("agent", "Ann", "I am Ann")
    assert "ann" not in str(history).replace("Ann", "")
    for state in ("delivered", "read", "delivered"):
        body = {"conversation": conversation, "upto": last["number"], "state": state}
        assert visitor.post("read", body).status_code == 202
    assert agent.state_of(message) == "read"
    (changed,) = visitor.history(history["after"])["messages"][-1:]
    assert (changed["id"], changed["state"]) == (message, "read")


def test_both_sides_see_that_the_other_writes(visitor: Visitor, agent: Agent) -> None:
    conversation = visitor.say("Hi!")["conversation"]
    assert visitor.post("typing").status_code == 202
    store = agent.telephony.parts.store
    known = store.glance_conversation(conversation)
    assert known is not None
    assert "typing" not in known.details  # a flow does not watch
    agent.join(conversation)
    assert visitor.post("typing").status_code == 202
    assert visitor.post("typing").status_code == 202
    noted = store.glance_conversation(conversation)
    assert noted is not None
    assert list(noted.details["typing"]) == ["contact"]
    assert visitor.history()["typing"] == {"on": False}
    agent.writes(conversation)
    assert visitor.history()["typing"] == {"on": True, "name": "Ann"}


def test_what_was_taken_back_is_gone(visitor: Visitor, agent: Agent) -> None:
    conversation = visitor.say("Hi!")["conversation"]
    message = agent.say(conversation, "not for you")
    with agent.telephony.parts.store.work() as work:
        found = work.message(message)
        assert found is not None
        agent.telephony.messaging.threads.change(work, found, state="canceled")
    assert visitor.history()["messages"][-1] == {"id": message, "gone": True}


def test_files_and_links_of_ours_are_shown(
    house: Installation, visitor: Visitor, agent: Agent
) -> None:
    sound = house.house.prompts.add("jingle", BytesIO(wav()), "jingle.wav")
    conversation = visitor.say("Hi!")["conversation"]
    media = (
        {"url": "https://acme.example/files/terms.pdf"},
        {"audio": "jingle"},
        {"url": "javascript:alert(1)"},
    )
    agent.say(conversation, "", media=media)
    assert visitor.history()["messages"][-1]["files"] == [
        {"url": "https://acme.example/files/terms.pdf", "name": "terms.pdf"},
        {"url": f"{BASE}/audio/{sound.file_id}.wav", "name": "jingle"},
    ]
