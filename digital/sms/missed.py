"""Finds what contacts wrote while we could not be reached: the carrier brings nothing twice."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from digital.carrier.files import attachment
from digital.carrier.messages import Listed, Messages
from digital.sms.parse import Confirms, incoming
from runner.errors import CarrierError, Unavailable
from runner.messages.channels import Attached, Incoming, Taken
from runner.walker import place_of

_log = structlog.get_logger(__name__)

LOOK_BACK = timedelta(hours=24)
"""How far a process looks back at first: it does not know for how long nobody was there."""

OVERLAP = timedelta(minutes=15)
"""How far each look goes back behind the last: lists come late."""

ON_ITS_WAY = timedelta(minutes=1)
"""What is younger may be at the webhook just now."""


@dataclass(frozen=True, slots=True)
class Here:
    """What is known here: our addresses and since when each is bound, and which ids we have.

    The addresses are as the carrier writes them: those of WhatsApp have their prefix.
    """

    addresses: Callable[[], Mapping[str, datetime]]
    known: Callable[[Sequence[str]], Collection[str]]


class Missed:
    """Looks through the carrier's list of messages. `take` is the one door for what is new."""

    def __init__(
        self,
        messages: Messages,
        here: Here,
        take: Callable[[Incoming], Taken],
        confirms: Confirms,
        clock: Callable[[], datetime],
    ) -> None:
        self._messages, self._here, self._take = messages, here, take
        self._confirms, self._clock = confirms, clock
        self._seen: datetime | None = None

    def round(self) -> int:
        """Take what was missed since the last round; gives how many messages were new.

        One that cannot be taken keeps no other from it.

        Raises:
            CarrierError: the carrier does not answer; the next round looks as far back.
            Unavailable: the store is away; likewise.
        """
        now = self._clock()
        since = self._seen - OVERLAP if self._seen else now - LOOK_BACK
        new = sum(self._taken(each) for each in self._listed(since, now - ON_ITS_WAY))
        self._seen = now
        if new:
            _log.warning("messages had been missed", messages=new)
        return new

    def _taken(self, listed: Listed) -> bool:
        """Take one message; whether it was new."""
        try:
            made = self._incoming(listed)
            taken = self._take(made) if made else None
        except (CarrierError, Unavailable):
            raise
        except Exception as error:  # noqa: BLE001 whatever one message does, the others come in
            _log.error("missed message not taken", message=listed.sid, at=place_of(error))
            return False
        return taken is not None and not (taken.repeated or taken.unbound)

    def _listed(self, moment: datetime, until: datetime) -> Sequence[Listed]:
        """List what is new at our addresses between two moments, the oldest first.

        What came before an address was bound here was for somebody else.
        """
        found: list[Listed] = []
        for address, bound in self._here.addresses().items():
            since = max(moment, bound.replace(microsecond=0))  # the carrier knows whole seconds
            there = self._messages.arrived(address, since)
            known = self._here.known([each.sid for each in there])
            fresh = (each for each in there if each.sid not in known)
            found += [each for each in fresh if since <= each.at <= until]
        return sorted(found, key=lambda each: each.at)

    def _incoming(self, listed: Listed) -> Incoming | None:
        form = {
            "From": listed.sender,
            "To": listed.recipient,
            "Body": listed.text,
            "MessageSid": listed.sid,
        }
        return incoming(form, listed.at, self._confirms, self._files(listed))

    def _files(self, listed: Listed) -> Sequence[Attached]:
        if not listed.files:
            return ()
        try:
            named = self._messages.files(listed.sid)
        except CarrierError as problem:
            if problem.retry:
                raise
            return ()
        return [attachment(listed.sid, *each, index) for index, each in enumerate(named)]
