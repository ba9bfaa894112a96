"""Sends what waits to leave: each message once, in its order, no faster than its sender may.

The rows are the queue. Who has written one tries at once; the worker takes the rest, and looks for
those whose outcome nobody knows. Between the claim (committed) and the answer of the provider a
process may die: then the message is looked for before it is ever sent again.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Event, Lock
from time import monotonic
from typing import Any

import structlog

from desk.conversations import BULK, URGENT, ChannelName, Conversation, Message, OptOut
from desk.pacing import next_turn
from runner.errors import Unavailable
from runner.messages.channels import Channel, ChannelError, Receipt
from runner.messages.threads import OPTED_OUT, Threads
from runner.ports import Store, Work
from runner.walker import place_of

_log = structlog.get_logger(__name__)

LOOKED_FOR = (2.0, 5.0, 15.0)
"""Seconds after an unknown outcome at which a message is looked for; then it was not taken."""

SHORTEST = timedelta(seconds=LOOKED_FOR[0])
"""Nothing is looked for sooner after it was tried."""

PATIENCE = timedelta(seconds=20)
"""How long a process may take to send: one that says nothing for longer has died."""

MOST_TRIES = 4
"""How often a message is sent of which nobody knew whether it was taken."""

TRIED_FOR = {URGENT: timedelta(hours=1), BULK: timedelta(hours=4)}
"""How long a message is tried that was surely not taken, by priority; from the first failure on."""

LONGEST_PAUSE = 60.0
"""Seconds between two such tries at the most."""

UNREACHED = 5.0
"""Seconds for which a sender rests whose provider is not reached: others would fare no better."""

INTERRUPTED, FAILED_INSIDE = "interrupted", "server error"
"""Why an outcome is unknown: the sender died, or the provider failed. Not found, it is sent again.
A lost answer is neither: what was on its way may still arrive."""

LOST = "nobody knows whether it was sent, and the provider knows no such message"
TOO_LATE = "it was not sent in its time"
NOWHERE = "its conversation is gone"

AT_ONCE = 1.0
"""Seconds that a thread gives to one sender before another one's turn; `round` comes again."""

LOOKING = 5.0
"""Seconds that one round looks for messages that hang."""

THREADS = 8


class Sending:
    """Sends messages. With `sweeps` it is the worker's, which leaves nothing behind."""

    def __init__(
        self,
        store: Store,
        threads: Callable[[], Threads],
        channels: Mapping[ChannelName, Channel],
        clock: Callable[[], datetime],
        *,
        threads_at_work: int = THREADS,
        sweeps: bool = False,
    ) -> None:
        self._store, self._threads, self._channels = store, threads, channels
        self._clock, self._sweeps = clock, sweeps
        self._closing = Event()
        self._lock = Lock()
        self._draining: dict[tuple[str, str], bool] = {}
        most = threads_at_work
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="send") if most else None
        self._drains = ThreadPoolExecutor(most, thread_name_prefix="drain") if most else None
        self._free = BoundedSemaphore(max(1, most))

    def soon(self, channel: str, address: str) -> None:
        """Send what waits at one of our addresses, on a thread of its own."""
        if self._drains is None:
            return
        with self._lock:
            busy = (channel, address) in self._draining
            self._draining[channel, address] = True  # there is more, whoever is at it
        if not busy:
            with suppress(RuntimeError):  # closed meanwhile: the worker has it
                self._drains.submit(self._drain, channel, address)

    def round(self) -> None:
        """Send whatever waits anywhere, and look for what hangs."""
        now = self._clock()
        for channel, address in self._store.senders_due(now):
            self.soon(channel, address)
        with self._store.work() as work:
            hanging = work.left_hanging(now - SHORTEST, 50)
        end = monotonic() + LOOKING
        for name in hanging:
            if monotonic() < end and not self._closing.is_set():
                self._find_out(name)

    def close(self) -> None:
        """Finish what was begun, and begin nothing more."""
        self._closing.set()
        if self._drains is not None:
            self._drains.shutdown(cancel_futures=True)
        if self._pool is not None:
            self._pool.shutdown()  # what was claimed is sent: no more than there are threads

    def _drain(self, channel: str, address: str) -> None:
        """Send what waits at one address for a while; if more is there, go to the end of the line.

        Senders share the threads: a slow one with much to send keeps nobody else waiting.
        """
        key, more = (channel, address), False
        with self._lock:
            self._draining[key] = False
        try:
            more = self._empty(channel, address)
        except Unavailable:
            _log.warning("messages wait for the database", channel=channel)
        except Exception as error:  # noqa: BLE001 a thread's errors are seen by nobody else
            _log.error("messages not sent", channel=channel, at=place_of(error))
        with self._lock:
            if self._closing.is_set() or not (more or self._draining[key]):
                del self._draining[key]
                return
        if self._drains is not None:
            with suppress(RuntimeError):  # closed meanwhile: the worker has it
                self._drains.submit(self._drain, channel, address)

    def _empty(self, channel: str, address: str) -> bool:
        """Send one after the other, each at its moment; say if there may be more to do now."""
        most, end = BULK if self._sweeps else URGENT, monotonic() + AT_ONCE
        while not self._closing.is_set():
            claimed = self._begin(channel, address, most)
            if claimed is None or claimed > AT_ONCE:
                return False  # the worker's round comes again
            if monotonic() + claimed > end:
                return True
            self._closing.wait(claimed)
        return False

    def _begin(self, channel: str, address: str, most: int) -> float | None:
        """Take one and have a thread send it; say how long to wait before the next.

        Nothing is taken before a thread is free: what was claimed leaves at once.
        """
        if self._pool is None or not self._free.acquire(timeout=AT_ONCE):
            return 0.0
        begun = False
        try:
            claimed = self._claim(channel, address, most)
            if isinstance(claimed, tuple):
                going = self._pool.submit(self._send, *claimed)
                begun = True
                going.add_done_callback(lambda _: self._free.release())
                return 0.0
            return claimed
        finally:
            if not begun:
                self._free.release()

    def _claim(
        self, channel: str, address: str, most: int
    ) -> tuple[Message, Conversation] | float | None:
        """Take the message whose turn it is, or say how long its sender has to wait."""
        own = self._channels.get(_name(channel))
        if own is None:
            return None
        with self._store.work() as work:
            if work.message_switch().stopped:
                return None  # it waits until they may leave again
            sender = f"{channel}:{address}"
            free, now = work.open_pace(sender), self._clock()
            if free is not None and free - now > timedelta(milliseconds=5):
                due = work.next_to_leave(channel, address, now, most)
                return (free - now).total_seconds() if due else None
            looked_at: set[str] = set()
            while (due := work.next_to_leave(channel, address, now, most)) is not None:
                if due.id in looked_at:
                    raise RuntimeError("a message stands in the way of all others")
                looked_at.add(due.id)
                found = self._let_go(work, due, now)
                if found is not None:
                    rate = own.rate(address) / own.turns(found[0])
                    work.keep_pace(sender, next_turn(rate, free, now))
                    return found
        return None

    def _let_go(
        self, work: Work, due: Message, now: datetime
    ) -> tuple[Message, Conversation] | None:
        """Look once more whether a message may leave, and write that it does."""
        threads = self._threads()
        conversation = work.conversation(due.conversation)
        message = work.message(due.id)
        if message is None or not message.may_leave:
            return None
        if conversation is None:
            work.keep_message(replace(message, state="canceled", reason=NOWHERE))
            return None
        place = (message.channel, message.address, message.peer)
        if not message.details.get("confirms") and work.opted_out(*place):
            threads.change(work, message, state="canceled", reason=OPTED_OUT)
            return None
        if message.not_after is not None and now > message.not_after:
            threads.change(work, message, state="failed", reason=TOO_LATE)
            return None
        if reason := self._channels[message.channel].fits(message, conversation, now):
            threads.change(work, message, state="failed", reason=reason)  # as of WhatsApp's window
            return None
        tries = message.tries + 1
        leaving = threads.change(work, message, state="sending", tries=tries, tried=now)
        return leaving, conversation

    def _send(self, message: Message, conversation: Conversation) -> None:
        try:
            if self._clock() - (message.tried or message.at) > PATIENCE / 2:
                return  # this process was held up: others may have it by now
            try:
                receipt = self._channels[message.channel].send(message, conversation)
            except ChannelError as error:
                self._failed(message, error)
            else:
                self._sent(message, receipt)
        except Exception as error:  # noqa: BLE001 a thread's errors are seen by nobody else
            _log.error("message not followed up", message=message.id, at=place_of(error))
        self.soon(message.channel, message.address)  # the next of this conversation may leave now

    def _sent(self, message: Message, receipt: Receipt) -> None:
        with self._store.work() as work:
            work.conversation(message.conversation)
            now = work.message(message.id)
            if now is None:
                return
            state = "sent" if now.state in ("sending", "unknown", "queued") else now.state
            details = {**now.details, **receipt.details}
            # Found for another message with the same words, it stays with that one.
            owner = work.message_of(now.channel, receipt.sid) if receipt.sid else ""
            sid = receipt.sid if receipt.sid and owner in {"", now.id} else now.sid
            told = {"sid": sid, "segments": receipt.segments or now.segments}
            self._threads().change(work, now, state=state, details=details, **told)

    def _failed(self, message: Message, error: ChannelError) -> None:
        at = self._clock()
        with self._store.work() as work:
            work.conversation(message.conversation)
            now = work.message(message.id)
            if now is None or now.state != "sending":
                return
            if error.opted_out:
                place = (now.channel, now.address, now.peer)
                work.opt_out(OptOut(*place, at=at, by="provider"))
            changes = self._consequences(now, error, at)
            self._threads().change(work, now, **changes)
        rest = error.wait if error.wait is not None or not _is_away(error) else UNREACHED
        if error.retry and rest is not None:
            self._slow_down(message, at + timedelta(seconds=rest))
        _log.warning("message not sent", message=message.id, code=error.code, reason=str(error))

    def _consequences(self, now: Message, error: ChannelError, at: datetime) -> dict[str, object]:
        told: dict[str, object] = {"code": error.code, "reason": str(error)}
        if error.opted_out:
            return {**told, "state": "canceled"}
        if error.unsure and not self._channels[now.channel].repeats:
            why = FAILED_INSIDE if error.code else ""
            look = at + timedelta(seconds=LOOKED_FOR[0])
            details = {**now.details, "unknown": why}
            if why:
                details["refused"] = _refused_before(now, at)
            return {**told, "state": "unknown", "not_before": look, "details": details}
        if error.unsure and now.tries < MOST_TRIES:
            return {**told, "state": "queued", "not_before": at + timedelta(seconds=2.0**now.tries)}
        again = error.retry and not error.unsure
        return {**told, **(_tried_again(now, error, at) if again else {"state": "failed"})}

    def _slow_down(self, message: Message, until: datetime) -> None:
        """Let nothing leave from this sender for as long as its provider says."""
        sender = f"{message.channel}:{message.address}"
        with self._store.work() as work:
            free = work.open_pace(sender)
            work.keep_pace(sender, until if free is None else max(free, until))

    def _find_out(self, name: str) -> None:
        """Find out what became of a message that hangs."""
        try:
            message = self._hanging(name)
            if message is not None:
                self._look_for(message)
        except (ChannelError, Unavailable) as error:
            _log.warning("message not looked for", message=name, error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 one that cannot be read stands in nobody's way
            _log.error("message not looked for", message=name, at=place_of(error))

    def _hanging(self, name: str) -> Message | None:
        """Read a message that hangs; one whose sender died becomes `unknown`."""
        now = self._clock()
        with self._store.work() as work:
            work.conversation(work.thread_of(name))
            message = work.message(name)
            if message is None or message.state not in ("sending", "unknown"):
                return None
            if message.state == "sending":
                channel = self._channels.get(message.channel)
                if now - (message.tried or message.at) < (
                    channel.patience if channel else PATIENCE
                ):
                    return None
                details = {**message.details, "unknown": INTERRUPTED}
                changed = {"state": "unknown", "details": details}
                message = self._threads().change(work, message, **changed)
            if message.not_before is not None and message.not_before > now:
                return None
        return message

    def _look_for(self, message: Message) -> None:
        channel = self._channels.get(message.channel)
        if channel is None:
            return
        found = [] if channel.repeats else list(channel.find(message))
        at = self._clock()
        with self._store.work() as work:
            work.conversation(message.conversation)
            now = work.message(message.id)
            if now is None or now.state != "unknown":
                return
            known = work.known_sids(message.channel, found)
            new = [sid for sid in found if sid not in known]
            if new:
                self._threads().change(work, now, state="sent", sid=new[0])
                return
            self._threads().change(work, now, **_not_found(now, at, repeats=channel.repeats))
        self.soon(message.channel, message.address)


def _tried_again(now: Message, error: ChannelError, at: datetime) -> dict[str, object]:
    """Have a message that was surely not taken wait for its next try, for as long as it is worth.

    Such tries do not count among those of which nobody knows. Who is told to wait is not given up.
    """
    if error.wait is not None:
        moment = at + timedelta(seconds=error.wait)
        return {"state": "queued", "tries": now.tries - 1, "not_before": moment}
    before = _refused_before(now, at)
    if _is_given_up(now, at):
        return {"state": "failed"}
    count = before["count"] + 1
    moment = at + timedelta(seconds=min(2.0**count, LONGEST_PAUSE))
    details = {**now.details, "refused": {**before, "count": count}}
    return {"state": "queued", "tries": now.tries - 1, "not_before": moment, "details": details}


def _is_away(error: ChannelError) -> bool:
    """Say whether the provider itself is in trouble: not reached, or failing inside."""
    return error.unsure if error.code else not error.unsure


def _refused_before(message: Message, at: datetime) -> dict[str, Any]:
    """Say since when, and how often, a message has not been taken."""
    found: dict[str, Any] = message.details.get("refused") or {"since": at.isoformat(), "count": 0}
    return found


def _is_given_up(message: Message, at: datetime) -> bool:
    since = datetime.fromisoformat(_refused_before(message, at)["since"])
    return at - since > TRIED_FOR.get(message.priority, TRIED_FOR[BULK])


def _not_found(message: Message, at: datetime, *, repeats: bool) -> dict[str, object]:
    """Say what follows when a message was looked for in vain."""
    age = (at - (message.tried or message.at)).total_seconds()
    why = message.details.get("unknown", "")
    looks = LOOKED_FOR[:2] if why == FAILED_INSIDE else LOOKED_FOR
    later = [after for after in looks if after > age]
    if later and not repeats:
        tried = message.tried or message.at
        return {"not_before": tried + timedelta(seconds=later[0])}
    if why == FAILED_INSIDE and not repeats and not _is_given_up(message, at):
        return {"state": "queued", "not_before": None, "tries": message.tries - 1}
    if message.tries >= MOST_TRIES or why == FAILED_INSIDE:
        return {"state": "failed", "reason": LOST}
    if repeats or why in (INTERRUPTED, FAILED_INSIDE):
        return {"state": "queued", "not_before": None}
    return {"state": "failed", "reason": LOST}


def _name(channel: str) -> ChannelName:
    return channel  # type: ignore[return-value]  # rows hold the names of channels only
