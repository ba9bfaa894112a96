"""What a machine wrote is kept and never answered; two machines never go on and on (fault 31)."""

import pytest

from tests.messages.mails import ANN, answers, kept, open_desk, send, text, written
from tests.messages.town import MAILBOX, Town
from tests.support.installation import ROOT

MACHINES = {
    "an absence note": ({"Auto-Submitted": "auto-replied"}, ANN),
    "a newsletter": ({"Precedence": "bulk"}, ANN),
    "a mailing list": ({"List-Id": "<news.shop.example>"}, ANN),
    "a bounce": ({}, "<>"),
    "a shop": ({}, "no-reply@shop.example"),
    "a colleague's program": ({"From": "crm@acme.example"}, ANN),
}


@pytest.mark.parametrize("kind", MACHINES)
def test_a_machine_is_kept_and_not_answered(town: Town, kind: str) -> None:
    open_desk(town)
    headers, sender = MACHINES[kind]
    send(town, "I am away.", headers=headers, sender=sender)
    assert [said for _, said in kept(town)] == ["I am away."]
    assert town.states() == [("email", "closed")]
    assert written(town) == 0


def test_an_absence_note_in_between_is_no_answer(town: Town) -> None:
    open_desk(town)
    send(town)
    asked = answers(town, 1)[0]
    note = {"Auto-Submitted": "auto-replied", "In-Reply-To": str(asked.message["Message-ID"])}
    send(town, "I am away.", headers=note)
    assert written(town) == 1
    assert town.states() == [("email", "flow")]
    send(town, "12 34")
    assert text(answers(town, 2)[1]) == "Thank you for [12 34]."


def test_our_own_mail_that_comes_back_is_not_answered(town: Town) -> None:
    open_desk(town)
    send(town)
    ours = answers(town, 1)[0]
    copy = ours.data.decode().replace(f"Acme <{MAILBOX}>", ANN)
    send(town, "", "--data", copy.replace("\r\n", "\\n"), sender=ANN)
    assert written(town) == 1
    assert town.states() == [("email", "flow")]


def test_a_bounce_is_heard_of_the_message(town: Town) -> None:
    open_desk(town)
    send(town)
    ours = str(answers(town, 1)[0].message["Message-ID"])
    lines = [
        "From: MAILER-DAEMON@mx.shop.example", "To: help@acme.example", "Subject: Undelivered",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="R"', "", "--R", "",
        "It could not be delivered.", "--R", "Content-Type: message/delivery-status", "",
        "Reporting-MTA: dns; mx.shop.example", "", f"Final-Recipient: rfc822; {ANN}",
        "Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; 550 5.1.1 No such user", "--R",
        "Content-Type: text/rfc822-headers", "", f"Message-ID: {ours}", "", "--R--", "",
    ]  # fmt: skip
    send(town, "", "--data", "\\n".join(lines), sender="<>")
    query = "SELECT state, code FROM lw_messages WHERE direction = 'out'"
    assert town.house.rows(query) == [("undelivered", 550)]
    assert kept(town) == [(ANN, "My lamp is broken.")]


def test_a_machine_that_says_nothing_of_itself_is_left_after_twenty(town: Town) -> None:
    open_desk(town, ROOT / "tests" / "messages" / "thanks.yaml")
    for number in range(24):
        send(town, f"I am away {number}.", headers={"Message-Id": f"<{number}@shop.example>"})
    assert len(kept(town)) == 24
    assert written(town) == 20
    town.later(3700)
    send(town, "Now it is me again.")
    assert written(town) == 21
