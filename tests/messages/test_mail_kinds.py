"""Mails of each kind, by a real client, are read by a flow and answered by a real mail server."""

from pathlib import Path

import pytest

from tests.messages.mails import ANN, answers, open_desk, send, text
from tests.messages.town import MAILBOX, Town

PAGE = "<html><head><style>p{color:red}</style></head><p>My <b>lamp</b> is broken.</p></html>"


def test_a_plain_mail_is_answered_in_its_thread(town: Town) -> None:
    open_desk(town)
    send(town, headers={"Message-Id": "<1@shop.example>", "From": f"Ann Bee <{ANN}>"})
    (got,) = answers(town, 1)
    assert text(got) == "[My lamp is broken.] [Lamp] [] Which order?"
    assert (got.sender, got.to) == (MAILBOX, [ANN])
    assert got.message["From"] == f"Acme <{MAILBOX}>"
    assert got.message["To"] == ANN
    assert got.message["Subject"] == "Re: Lamp"
    assert got.message["In-Reply-To"] == "<1@shop.example>"
    assert got.message["References"] == "<1@shop.example>"
    assert got.message["Auto-Submitted"] == "auto-replied"
    assert got.message["X-Auto-Response-Suppress"] == "All"
    assert str(got.message["Message-ID"]).endswith("@acme.example>")


def test_a_mail_of_html_alone_is_read_as_text(town: Town) -> None:
    open_desk(town)
    send(town, PAGE, headers={"Content-Type": "text/html; charset=utf-8"})
    assert text(answers(town, 1)[0]).startswith("[My lamp is broken.] [Lamp]")
    ((html,),) = town.house.rows("SELECT html FROM lw_messages WHERE direction = 'in'")
    assert "<b>lamp</b>" in html


def test_of_two_forms_the_plain_one_is_read(town: Town) -> None:
    open_desk(town)
    parts = ["--attach-type", "text/plain", "--attach-body", "Plain words."]
    send(town, "", *parts, "--attach-type", "text/html", "--attach-body", "<p>Other words.</p>")
    assert text(answers(town, 1)[0]).startswith("[Plain words.]")


def test_files_come_along(town: Town, tmp_path: Path) -> None:
    open_desk(town)
    picture = tmp_path / "lamp.png"
    picture.write_bytes(b"\x89PNG lamp")
    send(
        town, "",
        *("--attach-type", "text/plain", "--attach-body", "See the picture."),
        *("--attach-type", "image/png", "--attach-name", "../lamp.png", "--attach", f"@{picture}"),
    )  # fmt: skip
    assert text(answers(town, 1)[0]) == "[See the picture.] [Lamp] [lamp.png] Which order?"
    query = "SELECT name, type, size, file FROM lw_media ORDER BY type"
    (image, whole) = town.house.rows(query)
    assert image[:3] == ("lamp.png", "image/png", 9)
    assert whole[:2] == ("message.eml", "message/rfc822")
    media = town.house.house.media
    assert media.open(image[3]).read_bytes() == b"\x89PNG lamp"
    assert b"See the picture." in media.open(whole[3]).read_bytes()


@pytest.mark.parametrize("word", ["STOP", "Unsubscribe", "HELP"])
def test_in_mails_such_words_are_words(town: Town, word: str) -> None:
    open_desk(town)
    send(town, word)
    assert text(answers(town, 1)[0]).startswith(f"[{word}]")
    assert town.house.rows("SELECT count(*) FROM lw_opt_outs") == [(0,)]


def test_a_name_within_the_mailbox_is_the_mailbox(town: Town) -> None:
    open_desk(town)
    send(town, to="help+order-12@acme.example")
    assert answers(town, 1)[0].sender == MAILBOX
