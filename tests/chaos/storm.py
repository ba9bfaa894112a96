"""A storm of messages: thousands wait to leave, contacts write and opt out, processes die."""

import random
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs

from app import Telephony
from desk.conversations import Conversation
from runner.ids import new_id
from runner.messages.threads import Threads, Written
from tests.standin import Standin
from tests.support.installation import NUMBER, Installation
from tests.support.servers import Servers
from tests.support.transport import Reply, Sockets
from web.house import now

PATIENCE = 90.0
HELLO = """
linewalk: 1
flow: hello
type: incoming_message
title: Hello
language: en-US
start: thanks
steps:
  thanks:
    component: send_message
    message: "You said {{ message.text }}."
    exits: {sent: end, failed: end, opted_out: end}
  end: {component: end}
"""


@dataclass
class Postman:
    """Brings each webhook until it is answered with 200, and notes when a STOP was.

    `stops`: how many requests the carrier had been sent when the STOP of a contact was answered,
    and when that was.
    """

    carrier: Standin
    stops: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    accepted: list[str] = field(default_factory=list)
    lost: int = 0
    is_over: bool = False
    sockets: Sockets = field(default_factory=Sockets)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a body over a socket, again and again until it is answered."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                reply = self.sockets.post(url, body, headers)
            except OSError:
                self.lost += 1
                if self.is_over or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
                continue
            if reply.status < 500:
                self._note(parse_qs(body.decode()))
                return reply
            assert time.monotonic() < deadline, f"nobody takes it: {reply.status}"
            time.sleep(0.05)

    def _note(self, form: Mapping[str, list[str]]) -> None:
        if form.get("SmsStatus") != ["received"]:
            return
        self.accepted += form["MessageSid"]
        if form.get("Body") == ["STOP"]:
            self.stops[form["From"][0]] = (len(self.carrier.requests), datetime.now(UTC))


def contact(number: int) -> str:
    """The number of a contact."""
    return f"+1555{number:07}"


@dataclass
class Storm:
    """One storm: `size` messages that nobody waits for, each to a contact of its own."""

    house: Installation
    servers: Servers
    carrier: Standin
    postman: Postman
    size: int
    rate: int
    order: random.Random

    def queue(self) -> None:
        """Write down all that shall leave, in a few transactions."""
        threads: Threads = Telephony(self.house.house, threads=0).messaging.threads
        for start in range(0, self.size, 500):
            with self.house.house.store.work() as work:
                for number in range(start, min(start + 500, self.size)):
                    at = now()
                    place = (new_id(), "sms", NUMBER, contact(number), at, at)
                    row = Conversation(*place, state="closed", closed=at)  # type: ignore[arg-type]  # "sms" is a channel
                    work.keep_conversation(row)
                    threads.write(work, row, Written("flow", f"News {number}", bulk=True))

    def writers(self, stops: int, greetings: int, spread: float) -> list[threading.Thread]:
        """Contacts who opt out, and others who write, within so many seconds."""
        leaving = self.order.sample(range(self.size), stops)
        said = [(contact(number), "STOP") for number in leaving]
        said += [(f"+1556{number:07}", f"hello {number}") for number in range(greetings)]
        self.order.shuffle(said)

        def write() -> None:
            for sender, text in said:
                time.sleep(spread / len(said))
                self.carrier.text(NUMBER, text, sender)

        return [threading.Thread(target=write)]

    def waiting(self) -> int:
        """How many messages are not through."""
        query = "SELECT count(*) FROM lw_messages WHERE state IN ('queued', 'sending', 'unknown')"
        return int(self.house.rows(query)[0][0])

    def check(self, greetings: int) -> None:
        """Nobody is forgotten, nobody has it twice, nobody has it after a STOP."""
        sent = Counter((each.to, each.body) for each in self.carrier.texts if each.sender == NUMBER)
        twice = [key for key, count in sent.items() if count > 1]
        assert twice == [], twice
        rows = {row[0]: row[1:] for row in self.house.rows(_NEWS)}
        assert len(rows) == self.size
        stopped = self.postman.stops
        for number in range(self.size):
            peer = contact(number)
            state, _tried = rows[peer]
            had = (peer, f"News {number}") in sent
            assert (state in {"sent", "delivered"}) == had, (peer, state, had)
            assert had or (peer in stopped and state == "canceled"), (peer, state)
        self._check_pace(sorted(str(tried) for _, tried in rows.values() if tried))
        self._check_stops({peer: tried for peer, (_, tried) in rows.items()})
        heard = [row[0] for row in self.house.rows(_HEARD)]
        assert sorted(heard) == sorted(set(self.postman.accepted)), "a message that was accepted"
        answers = [body for (to, body) in sent if to.startswith("+1556")]
        assert sorted(answers) == sorted(f"You said hello {n}." for n in range(greetings))

    def _check_pace(self, tried: Sequence[str]) -> None:
        """No second sees more than its sender may: 5 % is left to clocks that are read twice."""
        moments = [datetime.fromisoformat(each) for each in tried]
        for first, last in zip(moments, moments[self.rate :], strict=False):
            assert (last - first).total_seconds() > 0.95, (first, last)

    def _check_stops(self, tried: Mapping[str, datetime | None]) -> None:
        """What was asked of the carrier after a STOP was answered had been claimed before it."""
        requests = self.carrier.requests
        for peer, (seen, answered) in self.postman.stops.items():
            for asked in requests[seen:]:
                form = asked.form
                if asked.method == "POST" and form.get("To") == peer:
                    news = str(form.get("Body", "")).startswith("News")
                    assert not news or _moment(tried[peer]) <= answered, peer


def _moment(kept: object) -> datetime:
    """Read a time as either database gives it."""
    found = datetime.fromisoformat(str(kept))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_NEWS = "SELECT peer, state, tried FROM lw_messages WHERE direction = 'out' AND text LIKE 'News %'"
_HEARD = "SELECT sid FROM lw_messages WHERE direction = 'in'"
