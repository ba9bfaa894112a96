"""Mails of every kind by a real client, and what the product makes of them."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.messages.town import MAILBOX, Town
from tests.support.smtp import Received

ANN = "ann@shop.example"
LETTERS = Path(__file__).parent / "letters.yaml"


def open_desk(town: Town, flow: Path = LETTERS) -> None:
    """Publish a flow that answers mails."""
    town.house.publish(flow, f"mailto:{MAILBOX}")


def send(
    town: Town,
    body: str = "My lamp is broken.",
    *options: str,
    sender: str = ANN,
    to: str = MAILBOX,
    headers: Mapping[str, str] | None = None,
    code: int = 0,
) -> str:
    """Hand a mail in by swaks; what the two said to each other. `code`: what swaks ends with."""
    command = ["swaks", "--server", f"127.0.0.1:{town.mail.port}", "--from", sender, "--to", to]
    given = {} if "--data" in options else {"Subject": "Lamp"}
    for name, value in (given | dict(headers or {})).items():
        command += ["--header", f"{name}: {value}"]
    if not {"--attach-body", "--data"} & set(options):
        command += ["--body", body.replace("\n", "\\n")]
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def answers(town: Town, count: int) -> list[Received]:
    """Wait until exactly so many mails of ours arrived at the other end."""
    post = town.post.received
    town.carrier.until(lambda: len(post) >= count)
    assert len(post) == count, [each.text for each in post]
    return list(post)


def written(town: Town) -> int:
    """How many messages of ours were written down, whether they left or not."""
    return int(town.house.rows("SELECT count(*) FROM lw_messages WHERE direction = 'out'")[0][0])


def kept(town: Town) -> list[tuple[Any, ...]]:
    """Sender and text of what came in, the oldest first."""
    query = (
        "SELECT m.peer, m.text FROM lw_messages m JOIN lw_conversations c ON c.id = m.conversation"
        " WHERE m.direction = 'in' ORDER BY c.opened, m.number"
    )
    return town.house.rows(query)


def text(mail: Received) -> str:
    """The plain text of an answer."""
    return mail.text.replace("\r\n", "\n").strip()
