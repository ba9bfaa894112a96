"""What is kept of a mail, within the limits, and that nothing of it outlives its contact."""

import secrets
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.keeping.commands import done
from tests.keeping.test_erase import traces
from tests.messages.conftest import NOON
from tests.messages.mails import ANN, answers, open_desk, send
from tests.messages.town import MAILBOX, Town, town_on
from tests.support.installation import Clock

THANKS = Path(__file__).parent / "thanks.yaml"
NAME, SECRET = "Zebulon Quist", "lamp-4711"
HTML = f"<p>{SECRET} <img src='cid:logo@x'></p>"


def mail(*files: bytes, sender: str = ANN) -> bytes:
    """A mail with an HTML page, an image within it, and files."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f"{NAME} <{sender}>", MAILBOX, SECRET
    made["Message-ID"] = f"<{secrets.token_hex(8)}@shop.example>"
    made.set_content(f"My {SECRET} is broken.\n")
    made.add_alternative(HTML, subtype="html")
    for number, data in enumerate(files, 1):
        made.add_attachment(data, maintype="image", subtype="png", filename=f"{number}.png")
    return made.as_bytes()


def hand(town: Town, raw: bytes, count: int, sender: str = ANN) -> None:
    """Hand a mail in; it was answered at the end, and that is settled."""
    path = town.house.settings.data_dir.parent / "mail.eml"
    path.write_bytes(raw)
    send(town, "", "--data", f"@{path}", sender=sender)
    path.unlink()
    answers(town, count)
    query = "SELECT count(*) FROM lw_messages WHERE state = 'sent'"
    town.carrier.until(lambda: town.house.rows(query) == [(count,)])


@pytest.fixture
def small(ready_url: str, tmp_path: Path) -> Iterator[Town]:
    """The product with tight limits."""
    clock = Clock(ahead=NOON - datetime.now(UTC))
    with town_on(ready_url, tmp_path, clock, mail_max_files=2, mail_max_mb=1) as made:
        open_desk(made, THANKS)
        yield made


def test_what_is_over_the_limits_is_named_and_in_the_raw_mail(small: Town) -> None:
    raw = mail(b"first", b"second", b"third picture")
    hand(small, raw, 1)
    ((details, media),) = small.house.rows(
        "SELECT details, media FROM lw_messages WHERE direction = 'in'"
    )
    assert "3.png: more than 2 files" in str(details)
    assert "3.png" not in str(media)
    rows = small.house.rows("SELECT name, file FROM lw_media ORDER BY name")
    assert [name for name, _ in rows] == ["1.png", "2.png", "message.eml"]
    kept = small.house.house.media.open(rows[2][1]).read_bytes()
    assert kept.replace(b"\r\n", b"\n").strip() == raw.strip()


def test_a_mail_that_is_too_large_is_refused_and_nothing_kept(small: Town) -> None:
    path = small.house.settings.data_dir.parent / "large.eml"
    path.write_bytes(mail(b"x" * 1_000_000))
    assert "552 5.3.4" in send(small, "", "--data", f"@{path}", code=26)
    assert small.house.rows("SELECT count(*) FROM lw_messages") == [(0,)]
    assert list((small.house.settings.data_dir / "media").iterdir()) == []


def test_nothing_of_a_mail_outlives_its_contact(town: Town) -> None:
    open_desk(town, THANKS)
    hand(town, mail(b"\x89PNG of " + SECRET.encode()), 1)
    theirs = mail(b"other", sender="bob@shop.example").replace(SECRET.encode(), b"chair")
    hand(town, theirs.replace(NAME.encode(), b"Bob"), 2, "bob@shop.example")
    marks = (ANN, NAME, SECRET)
    assert set(traces(town.house, *marks)) == set(marks)
    folder = town.house.settings.data_dir / "media"
    assert len(list(folder.iterdir())) == 4
    said = done(town.house, "contacts", "erase", ANN, "--yes")
    assert "2 files of messages" in said
    assert traces(town.house, *marks) == {}
    assert len(list(folder.iterdir())) == 2
    assert "bob@shop.example" in traces(town.house, "bob@shop.example")


def test_an_export_holds_the_mail_as_it_came(town: Town, tmp_path: Path) -> None:
    open_desk(town, THANKS)
    raw = mail(b"\x89PNG")
    hand(town, raw, 1)
    done(town.house, "contacts", "export", ANN, "-o", str(tmp_path / "ann.zip"))
    with zipfile.ZipFile(tmp_path / "ann.zip") as packed:
        files = [packed.read(name) for name in packed.namelist() if name.startswith("media/")]
    assert len(files) == 2
    assert any(b"Zebulon Quist" in each and b"image/png" in each for each in files)


def test_mails_go_with_their_conversations_in_their_time(ready_url: str, tmp_path: Path) -> None:
    clock = Clock(ahead=NOON - datetime.now(UTC))
    with town_on(ready_url, tmp_path, clock, keep_messages_days=30) as town:
        open_desk(town, THANKS)
        hand(town, mail(b"\x89PNG"), 1)
        town.later(31 * 86_400)
        town.house.schedule("keep")
        assert town.house.rows("SELECT count(*) FROM lw_messages") == [(0,)]
        assert list((town.house.settings.data_dir / "media").iterdir()) == []
