"""Finds what contacts wrote while we could not be reached: the carrier brings nothing twice."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from digital.carrier.files import attachment
from digital.carrier.messages import Listed, Messages
from digital.sms.parse import Confirms, incoming
from runner.errors import CarrierError
from runner.messages.channels import Attached, Incoming, Taken

_log = structlog.get_logger(__name__)

LOOK_BACK = timedelta(hours=24)
"""How far a process looks back at first: it does not know for how long nobody was there."""

OVERLAP = timedelta(minutes=15)
"""How far each look goes back behind the last: lists come late."""

ON_ITS_WAY = timedelta(minutes=1)
"""What is younger may be at the webhook just now."""


class Missed:
    """Looks through the carrier's list of messages. `addresses` are ours, as the carrier has them.

    Those of WhatsApp have their prefix. `take` is the one door; what it knows is a repeat there.
    """

    def __init__(
        self,
        messages: Messages,
        addresses: Callable[[], Sequence[str]],
        take: Callable[[Incoming], Taken],
        confirms: Confirms,
        clock: Callable[[], datetime],
    ) -> None:
        self._messages, self._addresses, self._take = messages, addresses, take
        self._confirms, self._clock = confirms, clock
        self._seen: datetime | None = None

    def round(self) -> int:
        """Take what was missed since the last round; gives how many messages were new.

        Raises:
            CarrierError: the carrier does not answer; the next round looks as far back.
            Unavailable: the store is away; likewise.
        """
        now = self._clock()
        since = self._seen - OVERLAP if self._seen else now - LOOK_BACK
        taken = [self._take(each) for each in self.since(since, now - ON_ITS_WAY)]
        self._seen = now
        new = sum(not (each.repeated or each.unbound) for each in taken)
        if new:
            _log.warning("messages had been missed", messages=new)
        return new

    def since(self, moment: datetime, until: datetime) -> Sequence[Incoming]:
        """List what was sent to our addresses between two moments, the oldest first.

        Raises:
            CarrierError: the carrier does not answer.
        """
        found = [
            each
            for address in self._addresses()
            for each in self._messages.arrived(address, moment)
            if each.at <= until
        ]
        made = [self._incoming(each) for each in sorted(found, key=lambda each: each.at)]
        return [each for each in made if each is not None]

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
