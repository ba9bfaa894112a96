"""The stage on which a story is told: an installation, its carrier, and what is left at the end."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from smtplib import SMTP, SMTPException
from typing import Any

from app import Telephony
from desk.agents_file import AgentEntry, AgentsFile, RingGroupEntry
from runner.staff import Staff
from tests.chaos.kill_points import Killer, Point, Victim
from tests.standin import Standin
from tests.standin.leg import Leg
from tests.support.carrier import CALLER
from tests.support.installation import NUMBER, Installation
from tests.support.servers import Servers
from tests.support.smtp import Sink

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FLOWS = Path(__file__).parents[1] / "centre" / "flows"
CALLBACKS, TEXTS, DESK = "+15550100002", "+15550100003", "+15550100004"
MAILBOX, WRITER = "help@acme.example", "ann@shop.example"
ANN, BOB, ADA, OFFICE = "+15550101001", "+15550101002", "+15550101234", "+15550107777"
EXAMPLE_FLOWS = ("delivery-notice", "consented-call", "dial-and-forward", "appointment-reminder")
LEAVING = "'queued', 'sending', 'unknown'"
LONG = 45.0
_TOLD = (NUMBER, CALLBACKS, CALLER, ADA, OFFICE)
_NEW = {
    "walks": "SELECT id, flow, status, outcome FROM lw_executions ORDER BY flow",
    "offers": "SELECT id, agent, state FROM lw_offers ORDER BY made, agent",
    "served": "SELECT id, agent, how FROM lw_assignments ORDER BY began",
    "legs": "SELECT id, kind, recipient, state, status FROM lw_legs ORDER BY created, kind",
    "answers": "SELECT id, answer, agent, queue FROM lw_survey_answers ORDER BY id",
    "recordings": "SELECT sid, kind, state FROM lw_recordings ORDER BY kind, sid",
    "reports": "SELECT execution || id, label FROM lw_reports ORDER BY id",
    "conversations": "SELECT id, channel, state, messages FROM lw_conversations ORDER BY opened",
    "messages": "SELECT id, author, number, state, text FROM lw_messages ORDER BY at, number",
    "steps": "SELECT execution || seq, path, exit FROM lw_history ORDER BY execution, seq",
}


def _well(_carrier: Standin) -> None:
    """Nothing goes wrong at the carrier."""


@dataclass(frozen=True)
class Story:
    """One story: who works in it, what everybody does, and what the carrier does wrong.

    `listens` is whose process is told things, and may die when it has answered.
    """

    agents: tuple[str, ...]
    people: Callable[["Stage"], None]
    faults: Callable[[Standin], None] = _well
    listens: Victim = "web"


@dataclass
class Stage:
    """An installation with its processes, its carrier, and whoever kills them."""

    house: Installation
    servers: Servers
    carrier: Standin
    killer: Killer
    post: Sink
    key: str = ""
    known: dict[str, set[str]] = field(default_factory=dict)

    def prepare(self) -> None:
        """Publish the flows, hire the agents, make a key."""
        self.house.publish(FLOWS / "support.yaml", NUMBER)
        self.house.publish(FLOWS / "callback.yaml", CALLBACKS)
        self.house.publish(FLOWS / "website.yaml")
        addresses = (f"sms:{TEXTS}", f"whatsapp:{TEXTS}", f"mailto:{MAILBOX}")
        self.house.publish(Path(__file__).parent / "flows" / "texting.yaml", *addresses)
        self.house.publish(Path(__file__).parents[1] / "messages" / "desk.yaml", f"sms:{DESK}")
        for name in EXAMPLE_FLOWS:
            self.house.publish(EXAMPLES / f"{name}.yaml")
        people = [("ann", ANN), ("bob", BOB)]
        entries = [
            AgentEntry(id=i, name=i, address=a, ring_groups=["support"], presence="available")
            for i, a in people
        ]
        self._staff.load(AgentsFile(ring_groups=[RingGroupEntry(id="support")], agents=entries))
        words = ["keys", "create", "crm", "--scopes", "flows:start,calls:create,read"]
        result = self.house.app.test_cli_runner().invoke(args=words)
        assert result.exit_code == 0, result.output
        self.key = result.output.splitlines()[-1]

    @property
    def _staff(self) -> Staff:
        """The agents, as a command sees them: what follows is left to the worker."""
        return Staff(Telephony(self.house.house, threads=0).desk)

    def at_work(self, *agents: str) -> None:
        """Say who works, and who does not."""
        for agent in ("ann", "bob"):
            self.choose(agent, "available" if agent in agents else "away")

    def choose(self, agent: str, word: str) -> None:
        """Set an agent's presence."""
        self._staff.choose(agent, word)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> None:
        """Ask the API for something, until it is answered: the same request under one name.

        Where the answer was lost, being told that it is so already is one.
        """
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Idempotency-Key": f"story-{time.monotonic_ns()}",
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = b"" if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.servers.base}/api/v1/{path}", data, headers)
        deadline = time.monotonic() + LONG
        lost, told = False, ""
        while True:
            try:
                with urllib.request.urlopen(request, timeout=15) as answer:
                    assert answer.status in (200, 201, 202)
                    return
            except urllib.error.HTTPError as refused:
                with refused:
                    told = refused.read().decode()
                if lost and refused.code == 409:
                    return
            except OSError as problem:
                lost, told = True, repr(problem)
            assert time.monotonic() < deadline, f"the API does not answer {path}: {told}"
            time.sleep(0.05)

    def until(self, predicate: Callable[[], Any]) -> Any:
        """Wait as long as a killed process may take."""
        return self.carrier.until(predicate, LONG)

    def new(self, name: str) -> list[str]:
        """The ids of what has come about in this story."""
        return [row[0] for row in self.house.rows(_NEW[name]) if row[0] not in self.known[name]]

    def tell(self, story: Story, point: Point | None) -> dict[str, Any]:
        """Let a story happen, interrupted at a point; what is left of it."""
        self.known = self._seen()
        for number in (ANN, BOB, *_TOLD):
            self.carrier.script(number)
        before, written = len(self.carrier.legs), len(self.carrier.texts)
        posted = len(self.post.received)
        self.at_work(*story.agents)
        faults = self.carrier.faults.rest
        faults.clear()
        story.faults(self.carrier)
        self.killer.begin(point)
        try:
            story.people(self)
            self.until(lambda: all(leg.over for leg in self.carrier.legs))
            self.until(self._is_told)
        finally:
            self.killer.revived()
        self.until(self._is_told)
        legs = self.carrier.legs[before:]
        called = sorted((leg.to, leg.status) for leg in legs)
        said = sorted(_said(leg) for leg in legs if leg.to in _TOLD)
        unseen = [fault.path for fault in faults if fault.times]
        theirs = len(self.carrier.recordings)
        texts = [(text.to, text.status, text.body) for text in self.carrier.texts[written:]]
        told = {"called": called, "said": said, "theirs": theirs, "unseen": unseen}
        told["texts"], told["mails"] = texts, self.mails(posted)
        return {**self._found(), **told}

    def mails(self, first: int = 0) -> list[tuple[str, str]]:
        """Recipient and text of our mails; mailboxes show two of one Message-ID once."""
        by_name = {str(each.message["Message-ID"]): each for each in self.post.received[first:]}
        return [(each.to[0], each.text.strip()) for each in by_name.values()]

    def mail(self, text: str, **headers: str) -> None:
        """Hand a mail in as a mail server does: again until it is taken, then never more."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = WRITER, MAILBOX, "Lamp"
        letter["Message-ID"] = make_msgid(domain="shop.example")
        for name, value in headers.items():
            letter[name] = value
        letter.set_content(text)
        host, _, port = self.servers.given["SMTP_LISTEN"].partition(":")
        deadline = time.monotonic() + LONG
        while True:
            try:
                with SMTP(host, int(port), timeout=15) as smtp:
                    smtp.send_message(letter)
                    break
            except (OSError, SMTPException):
                assert time.monotonic() < deadline, "no mail is taken"
                time.sleep(0.05)
        self.killer.answered()

    def _is_told(self) -> bool:
        """Whether the carrier has nothing more to tell, and nothing is left to do of what it told.

        What it tells last, of a recording, may come when all else is done.
        """
        self.carrier.settle(LONG)
        return self._is_quiet()

    def _is_quiet(self) -> bool:
        rows = self.house.rows
        ready = rows("SELECT count(*) FROM lw_outbox WHERE state = 'ready'")
        going = rows("SELECT count(*) FROM lw_executions WHERE status <> 'ended'")
        legs = rows("SELECT count(*) FROM lw_legs WHERE state <> 'over'")
        wanted = rows("SELECT count(*) FROM lw_recordings WHERE state IN ('wanted', 'ready')")
        copies = rows("SELECT count(*) FROM lw_carrier_copies WHERE gone IS NULL")
        leaving = rows(f"SELECT count(*) FROM lw_messages WHERE state IN ({LEAVING})")  # noqa: S608  words of ours
        return ready == going == legs == wanted == copies == leaving == [(0,)]

    def _seen(self) -> dict[str, set[str]]:
        return {name: {row[0] for row in self.house.rows(query)} for name, query in _NEW.items()}

    def _found(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            name: [row[1:] for row in self.house.rows(query) if row[0] not in self.known[name]]
            for name, query in _NEW.items()
        }
        dead = self.house.rows("SELECT kind FROM lw_outbox WHERE state = 'dead'")
        agents = self.house.rows("SELECT id, presence, assignment FROM lw_agents ORDER BY id")
        waiting = self.house.rows("SELECT count(*) FROM lw_waiting WHERE waits")[0][0]
        return {**found, "dead": dead, "agents": agents, "waiting": waiting}


def _said(leg: Leg) -> list[str]:
    """What somebody was told, without what was heard while waiting: that depends on the hour."""
    waiting = ("Please hold.", "You are number")
    return [text for text in leg.said().split(" | ") if not text.startswith(waiting)]
