"""An answer finds its conversation: by what we signed, else by who writes to which mailbox."""

import re

import pytest

from tests.messages.mails import ANN, answers, kept, open_desk, send, text
from tests.messages.town import Town
from tests.support.smtp import Received

BODY = """12 34

On Wed, 25 Nov 2026 at 12:00, Acme <help@acme.example> wrote:
> [My lamp is broken.] Which order?
--
Ann Bee"""


def first(town: Town) -> Received:
    """Ann writes, and is asked."""
    open_desk(town)
    send(town, headers={"Message-Id": "<1@shop.example>"})
    return answers(town, 1)[0]


def reply(to: Received, number: int = 2, **headers: str) -> dict[str, str]:
    """What a mail program writes over an answer to one of our mails."""
    ours = str(to.message["Message-ID"])
    given = {
        "Message-Id": f"<{number}@shop.example>",
        "Subject": str(to.message["Subject"]),
        "In-Reply-To": ours,
        "References": f"{to.message['References'] or ''} {ours}".strip(),
    }
    return given | {name.replace("_", "-"): value for name, value in headers.items()}


def test_an_answer_goes_on_where_it_was_asked(town: Town) -> None:
    asked = first(town)
    send(town, BODY, headers=reply(asked))
    _, thanks = answers(town, 2)
    assert text(thanks) == "Thank you for [12 34]."
    assert thanks.message["Subject"] == "Re: Lamp"
    assert thanks.message["In-Reply-To"] == "<2@shop.example>"
    assert str(thanks.message["References"]).split() == [
        *("<1@shop.example>", str(asked.message["Message-ID"]), "<2@shop.example>"),
    ]
    assert town.states() == [("email", "closed")]


def test_an_answer_from_another_address_is_proved_by_what_we_signed(town: Town) -> None:
    asked = first(town)
    send(town, BODY, sender="ann@home.example", headers=reply(asked))
    thanks = answers(town, 2)[1]
    assert text(thanks) == "Thank you for [12 34]."
    assert thanks.to == [ANN], "who only saw the thread is not written to"
    assert town.states() == [("email", "closed")]
    assert kept(town) == [(ANN, "My lamp is broken."), ("ann@home.example", "12 34")]


@pytest.mark.parametrize("what", ["signature", "conversation", "message"])
def test_what_we_did_not_sign_proves_nothing(town: Town, what: str) -> None:
    asked = first(town)
    name, signature, rest = str(asked.message["Message-ID"]).strip("<>").split(".", 2)
    change = {"signature": signature, "conversation": name, "message": rest}[what]
    other = re.sub(r"[0-9a-f]", lambda found: "1" if found[0] == "0" else "0", change, count=1)
    made_up = ".".join(
        {"conversation": name, "signature": signature, "message": rest, what: other}[part]
        for part in ("conversation", "signature", "message")
    )
    forged = {"In-Reply-To": f"<{made_up}>", "References": f"<{made_up}>", "Subject": "Re: Lamp"}
    send(town, "I am Ann", sender="eve@evil.example", headers=forged)
    assert answers(town, 2)[1].to == ["eve@evil.example"]
    assert town.states() == [("email", "flow"), ("email", "flow")]


def test_without_any_thread_the_sender_is_known(town: Town) -> None:
    first(town)
    send(town, "12 34", headers={"Subject": "Another subject"})
    assert text(answers(town, 2)[1]) == "Thank you for [12 34]."


def test_what_comes_after_the_end_begins_anew(town: Town) -> None:
    asked = first(town)
    send(town, "12 34", headers=reply(asked))
    thanks = answers(town, 2)[1]
    send(town, "And my chair.", headers=reply(thanks, 3))
    again = answers(town, 3)[2]
    assert text(again).startswith("[And my chair.] [Re: Lamp]")
    assert again.message["Subject"] == "Re: Lamp"
    assert again.message["In-Reply-To"] == "<3@shop.example>"
    assert town.states() == [("email", "closed"), ("email", "flow")]


def test_a_thread_of_another_mailbox_is_not_entered(town: Town) -> None:
    asked = first(town)
    town.house.house.library.bind("mailto:sales@acme.example", "letters", town.clock())
    send(town, "Hello", to="sales@acme.example", headers=reply(asked))
    assert answers(town, 2)[1].sender == "sales@acme.example"
    assert len(town.states()) == 2
