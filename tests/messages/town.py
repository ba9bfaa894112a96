"""The whole product, a carrier, a mail server on each side, and contacts who write by all four."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Protocol

from digital.email.listener import Listener
from tests.digital.chat.visitors import Visitor
from tests.standin.standin import Standin, stand_in
from tests.support.installation import BASE, ROOT, Clock, Installation, installation
from tests.support.network import free_port
from tests.support.smtp import Received, Sink, smtp_sink
from tests.support.transport import InProcess

OURS = "+15550100001"
ANN = "+15550100077"
MAILBOX = "help@acme.example"
SITE = "https://shop.example.com"
ADDRESSES = (f"sms:{OURS}", f"whatsapp:{OURS}", "chat:website", f"mailto:{MAILBOX}")


class Contact(Protocol):
    """Somebody who writes by one channel, and reads what comes back."""

    def say(self, text: str) -> None:
        """Write."""

    def heard(self) -> list[str]:
        """What came back so far, the oldest first."""


@dataclass
class Town:
    """The installation, the carrier, where our mails end up, where mails come in."""

    house: Installation
    carrier: Standin
    post: Sink
    clock: Clock
    mail: Listener
    passed: float = 0.0

    def publish(self, example: str, **given: Any) -> None:
        """Publish an example, and bind an address of every channel to it."""
        self.house.publish(ROOT / "examples" / f"{example}.yaml", *ADDRESSES, **given)

    def contact(self, channel: str) -> Contact:
        """A contact who writes by this channel."""
        match channel:
            case "chat":
                visitor = Visitor(self.house.app.test_client(), origin=SITE)
                visitor.come()
                return ByChat(visitor)
            case "email":
                return ByMail(self)
            case _:
                return ByCarrier(self, "whatsapp:" if channel == "whatsapp" else "")

    def until_heard(self, contact: Contact, count: int) -> list[str]:
        """Wait until so many messages came back; all of them."""
        found = self.carrier.until(lambda: heard if len(heard := contact.heard()) >= count else [])
        assert len(found) == count, found
        return found

    def until_sent(self) -> None:
        """Wait until nothing is on its way to a provider: what became of it is written down."""
        leaving = "SELECT 1 FROM lw_messages WHERE state IN ('queued', 'sending', 'unknown')"
        self.carrier.until(lambda: not self.house.rows(leaving))

    def work(self) -> None:
        """Have the worker look once for what waits to leave."""
        self.house.telephony.messaging.sending.round()

    def later(self, seconds: float) -> None:
        """Let time pass, and have the worker do what is due: jobs of the clock, and sending."""
        self.clock.ahead += timedelta(seconds=seconds)
        self.passed += seconds
        for job in self.timers():
            self.house.job("timer", job)
        for schedule in ("desk", "sweep"):
            self.house.schedule(schedule)
        self.work()

    def timers(self) -> list[dict[str, Any]]:
        """What the durable timers that are due were given, the oldest first."""
        client = self.house.telephony.jobs._open()
        waiting = client.list_workflows(name="timer", status=["ENQUEUED", "DELAYED"])
        now = (time.time() + self.passed) * 1000
        due = [each for each in waiting if (each.delay_until_epoch_ms or 0) <= now]
        return [each.input["args"][0] for each in due if each.input]

    def states(self) -> list[tuple[str, str]]:
        """Channel and state of every conversation, the oldest first."""
        return self.house.rows("SELECT channel, state FROM lw_conversations ORDER BY opened")


@dataclass
class ByCarrier:
    """SMS or WhatsApp (`prefix`), by the carrier."""

    town: Town
    prefix: str = ""
    number: str = ANN

    def say(self, text: str) -> None:
        """Write; the webhook has been answered at the end."""
        sender, to = f"{self.prefix}{self.number}", f"{self.prefix}{OURS}"
        self.town.carrier.text(to, text, sender)
        self.town.carrier.settle()

    def heard(self) -> list[str]:
        """What the product had the carrier send to this number."""
        to = f"{self.prefix}{self.number}"
        return [each.body for each in self.town.carrier.texts if each.to == to and self._ours(each)]

    def _ours(self, text: Any) -> bool:
        return str(text.direction).startswith("outbound")


@dataclass
class ByChat:
    """A visitor of the chat."""

    visitor: Visitor

    def say(self, text: str) -> None:
        """Write by the widget's route."""
        self.visitor.say(text)

    def heard(self) -> list[str]:
        """What the widget shows of ours, with the labels of its buttons."""
        found = self.visitor.history()["messages"]
        return [_with_labels(each) for each in found if each["from"] != "visitor"]


def _with_labels(message: dict[str, Any]) -> str:
    labels = [str(each["label"]) for each in message.get("choices") or ()]
    return "\n".join([message["text"], *labels])


@dataclass
class ByMail:
    """Somebody with a mail program: answers quote what they answer and name it."""

    town: Town
    address: str = "ann@shop.example"
    sent: int = 0
    read: list[Received] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Send a mail by swaks; it was taken at the end."""
        self.sent += 1
        headers = {"Message-Id": f"<{self.sent}@shop.example>", "Subject": "My lamp"}
        body = text
        last = self._mails()[-1].message if self._mails() else None
        if last is not None:
            headers |= {"In-Reply-To": str(last["Message-ID"]), "Subject": "Re: My lamp"}
            sender = parseaddr(str(last["From"]))[1]
            quoted = "".join(f"> {line}\n" for line in self._mails()[-1].text.splitlines())
            body = f"{text}\n\nOn Wed, 25 Nov 2026 at 12:00, {sender} wrote:\n{quoted}"
        swaks(self.town.mail, self.address, MAILBOX, body, headers)

    def heard(self) -> list[str]:
        """The plain texts that arrived."""
        return [each.text.strip() for each in self._mails()]

    def _mails(self) -> list[Received]:
        return [each for each in self.town.post.received if self.address in each.to]


def swaks(server: Listener, sender: str, to: str, body: str, headers: dict[str, str]) -> None:
    """Hand a mail in by a real SMTP client."""
    command = ["swaks", "--server", f"127.0.0.1:{server.port}", "--from", sender, "--to", to]
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    command += ["--body", body.replace("\n", "\\n")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


@contextmanager
def town_on(url: str, folder: Path, clock: Clock, **given: Any) -> Iterator[Town]:
    """Open the product on a prepared database, with every channel set up; `given`: settings."""
    with (
        stand_in() as carrier,
        smtp_sink() as post,
        installation(
            url,
            folder,
            clock,
            twilio_api_url=carrier.api_url,
            smtp_url=post.url,
            smtp_listen=f"127.0.0.1:{free_port()}",
            mail_from=f"Acme <{MAILBOX}>",
            chat_origins=SITE,
            messages_per_second="100",
            mails_per_second=100,
            **given,
        ) as house,
    ):
        carrier.connect(InProcess(house.app), BASE)
        mail = house.telephony.digital.mail_server(house.telephony.messaging.inbox)
        assert mail is not None
        mail.start()
        try:
            yield Town(house, carrier, post, clock, mail)
            carrier.settle()
        finally:
            mail.stop()
