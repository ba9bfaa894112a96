"""The rule of messages that are begun, asked in the transaction that writes one (threat 21)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from desk.call_book import Refusal, masked
from desk.outreach import IN_ALL, PER_KEY, MessageLimits, Outreach, is_near, reached
from runner.alarms import Alarms
from runner.ports import Work

Scope = tuple[str, str | None, MessageLimits]
"""A refusal's word, whose messages are counted (None: all), and the limits."""

FROZEN = "the API key is frozen"


class Reach:
    """Lets messages to others be begun, or refuses them; `mark` makes a digest of whom."""

    def __init__(
        self,
        mark: Callable[[str], str],
        clock: Callable[[], datetime],
        alarms: Alarms,
        per_key: MessageLimits = PER_KEY,
        in_all: MessageLimits = IN_ALL,
    ) -> None:
        self._mark, self._clock, self._alarms = mark, clock, alarms
        self._per_key, self._in_all = per_key, in_all

    def ask(self, work: Work, message: str, channel: str, peer: str) -> str:
        """Count a message of a walk to somebody; gives why it is refused, "" when it may be sent.

        Near a limit others wait from here on, so that none is passed in a race; to one contact
        nobody else writes meanwhile.
        """
        return self._ask(work, message, f"{channel}:{peer}", peer, self._in_all, self._per_key)

    def ask_mails(self, work: Work, mail: str, to: Sequence[str]) -> str:
        """Count a mail by each whom it goes to; gives why it is refused, "" when it may be sent.

        One mailbox may get as many as there are: it may be the team's own.
        """
        in_all, per_key = (
            replace(each, to_one_per_hour=None) for each in (self._in_all, self._per_key)
        )
        for number, each in enumerate(to, 1):
            peer = each.lower()
            if why := self._ask(work, f"{mail}#{number}", f"mail:{peer}", peer, in_all, per_key):
                return why
        return ""

    def _ask(
        self,
        work: Work,
        message: str,
        whom: str,
        peer: str,
        in_all: MessageLimits,
        per_key: MessageLimits,
    ) -> str:
        at, key = self._clock(), work.api_key_of(message.rpartition(".")[0])
        entry = Outreach(message, at, key, self._mark(whom))
        if key and work.is_frozen(key):
            return self._refused(work, entry, "key_frozen", FROZEN, peer)
        mine = [("key_limit", key, per_key)] if key else []
        scopes: list[Scope] = [*mine, ("all_limit", None, in_all)]
        counted = [work.begun(at, whose, entry.peer) for _, whose, _ in scopes]
        if any(is_near(each[2], begun) for each, begun in zip(scopes, counted, strict=True)):
            work.enter_outreach()
            counted = [work.begun(at, whose, entry.peer) for _, whose, _ in scopes]
        for (word, whose, limits), begun in zip(scopes, counted, strict=True):
            if limit := reached(limits, begun):
                ring = partial(self._alarms.reach, whose or "", limit, at)
                work.afterwards(ring)
                return self._refused(work, entry, word, limit, peer)
        work.keep_outreach(entry)
        return ""

    def _refused(self, work: Work, entry: Outreach, word: str, detail: str, peer: str) -> str:
        """Write why a message was not begun, with its contact's middle hidden."""
        _, at, domain = peer.rpartition("@")
        hidden = f"***{at}{domain}" if at else masked(peer)
        refusal = Refusal(entry.at, entry.id, "message", entry.api_key, word, detail, hidden)
        work.keep_refusal(refusal)
        work.afterwards(lambda: self._alarms.refuse(entry.id, "message", word, detail))
        return f"it may not be sent: {detail}"
