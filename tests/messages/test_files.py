"""The API gives the files of messages as downloads, and the HTML of mails made harmless."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.messages.mails import ANN, answers, open_desk, send
from tests.messages.town import MAILBOX, Town
from tests.web.api.client import Api

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0"
    "000003010100c9fe92ef0000000049454e44ae426082"
)
PAGE = """<p onclick="steal()">My <b>lamp</b> <script>steal()</script><style>p{color:red}</style>
<a href="javascript:steal()">is</a> <a href="https://shop.example/lamp">broken</a>.
<img src="cid:logo%40x" alt="logo"> <img src="cid:drawing@x"> <img src="https://spy.example/1.png">
<form action="https://spy.example"><input name="pin"></form>"""
DRAWING = b"<svg xmlns='http://www.w3.org/2000/svg' onload='steal()'/>"


def letter() -> bytes:
    """A mail with a page, two images in it, and a file with an evil name and an evil type."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ANN, MAILBOX, "Lamp"
    mail["Message-ID"] = "<page@shop.example>"
    mail.set_content("My lamp is broken.\n\n> Which lamp?\n")
    mail.add_alternative(PAGE, subtype="html")
    page: Any = mail.get_payload()[1]  # type: ignore[index]  # the second of two
    page.add_related(PIXEL, "image", "png", cid="<logo@x>", filename="logo.png")
    page.add_related(DRAWING, "image", "svg+xml", cid="<drawing@x>", filename="drawing.svg")
    mail.add_attachment(b"<script>steal()</script>", "text", "html", filename='Rechnung "ü".html')
    return mail.as_bytes()


@pytest.fixture
def received(town: Town, tmp_path: Path) -> tuple[Api, str, Any]:
    """The API, the path of the conversation, and the mail as the API tells it."""
    open_desk(town)
    file = tmp_path / "letter.eml"
    file.write_bytes(letter())
    send(town, "", "--data", f"@{file}")
    answers(town, 1)
    api = Api(town.house)
    (conversation,) = api.get("/conversations")["items"]
    path = f"/conversations/{conversation['id']}/messages"
    return api, path, api.get(path)["items"][0]


def test_a_file_is_a_download_that_runs_nowhere(received: tuple[Api, str, Any]) -> None:
    api, path, mail = received
    logo, drawing, page = mail["media"]
    assert (logo["name"], drawing["type"], page["name"]) == ("logo.png", "image/svg+xml",
                                                             "Rechnung ü.html")  # fmt: skip
    for each, content in ((logo, PIXEL), (drawing, DRAWING), (page, b"<script>steal()</script>")):
        answer = api.send("GET", f"{path}/{mail['id']}/files/{each['id']}")
        assert (answer.status_code, answer.data.strip()) == (200, content.strip())
        assert answer.mimetype == each["type"]
        assert answer.headers["Content-Disposition"].startswith("attachment; filename")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]
    assert "filename*=UTF-8''Rechnung%20%C3%BC.html" in answer.headers["Content-Disposition"]
    actions = api.house.rows("SELECT subject FROM lw_audit WHERE action = 'conversations.download'")
    assert sorted(actions) == sorted((each["id"],) for each in mail["media"])


def test_only_what_belongs_to_the_message_is_given(
    received: tuple[Api, str, Any], town: Town
) -> None:
    api, path, mail = received
    file = mail["media"][0]["id"]
    api.refused(404, "GET", f"{path}/{mail['id']}/files/none")
    ours = api.get(path)["items"][1]
    api.refused(404, "GET", f"{path}/{ours['id']}/files/{file}")
    api.refused(404, "GET", f"{path}/{ours['id']}/html")
    api.refused(404, "GET", f"/conversations/none/messages/{mail['id']}/files/{file}")
    query = "SELECT id FROM lw_media WHERE type = 'message/rfc822'"
    ((whole,),) = town.house.rows(query)
    api.refused(404, "GET", f"{path}/{mail['id']}/files/{whole}")
    ((name,),) = town.house.rows(f"SELECT file FROM lw_media WHERE id = '{file}'")  # noqa: S608  an id of ours
    assert town.house.house.media.discard(name)
    api.refused(404, "GET", f"{path}/{mail['id']}/files/{file}")
    starter = api.new_key("flows:start")
    assert api.send("GET", f"{path}/{mail['id']}/html", key=starter).status_code == 403


def test_the_page_of_a_mail_is_harmless(received: tuple[Api, str, Any]) -> None:
    api, path, mail = received
    assert mail["has_html"]
    assert (mail["text"], mail["full_text"].split()) == (
        "My lamp is broken.",
        ["My", "lamp", "is", "broken.", ">", "Which", "lamp?"],
    )
    answer = api.send("GET", f"{path}/{mail['id']}/html")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "<b>lamp</b>" in answer.text
    assert 'href="https://shop.example/lamp"' in answer.text
    assert answer.text.count("data:image/png;base64,") == 1
    for evil in ("steal", "<form", "<input", "spy.example", "javascript:", "svg", "cid:"):
        assert evil not in answer.text, evil
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "https:" not in policy
    with_images = api.send("GET", f"{path}/{mail['id']}/html?remote_images=true")
    assert with_images.text.count('src="https://spy.example/1.png"') == 1
    assert "https:" in with_images.headers["Content-Security-Policy"]
    api.refused(400, "GET", f"{path}/{mail['id']}/html?remote_images=perhaps")
