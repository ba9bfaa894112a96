"""Moves walks by messages, inside an open transaction: begins them, lets them hear, closes them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from desk.conversations import Conversation, Message
from flow.errors import FlowError
from flow.events import MessageIn
from flow.execution import Execution
from flow.instructions import Apologise
from flow.ledger import Contact, Run, Saved, Version
from runner.effects import Effects
from runner.library import MissingVersion
from runner.messages.channels import Incoming
from runner.messages.handover import hand_over, is_served
from runner.messages.threads import Threads, Written
from runner.messages.written import apology
from runner.orders import Hear
from runner.ports import Store, Work
from runner.walker import Walked, Walker

_log = structlog.get_logger(__name__)

_NOT_LOADED = (FlowError, MissingVersion)
"""What a flow raises that was published and does not load any more."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a walk begins with: the flow's version, the thread, what came, whose it is."""

    version: Version
    conversation: Conversation
    message: Message | None
    incoming: Incoming
    contact: Contact | None


class Talks:
    """Walks of conversations. One instance serves all threads of a process."""

    def __init__(
        self,
        store: Store,
        walker: Walker,
        effects: Effects,
        threads: Threads,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._walker, self._effects = store, walker, effects
        self._threads, self._clock = threads, clock

    def language(self, version: Version | None, run: Run | None) -> str:
        """Say which language a flow speaks, before it is walked; empty where a template says.

        Empty too where the flow does not load: its messages are kept, and a STOP is obeyed.
        """
        if version is None and run is None:
            return ""
        try:
            named = self._walker.language(version.id if version else "", run)
        except _NOT_LOADED as error:
            _log.error("flow does not load", error=str(error))
            return ""
        return "" if "{" in named else named

    def begin(self, work: Work, given: Beginning) -> Sequence[Walked]:
        """Begin the walk of a conversation that was written down; its row names the execution."""
        conversation, at = given.conversation, given.incoming.at
        execution = Execution(
            id=conversation.execution,
            flow=given.version.flow,
            type=given.version.type,
            started=at.isoformat(),
            contact=_contact(given),
            channel={"type": conversation.channel, "address": conversation.address},
            conversation=conversation.id,
            message=dict(_scope(given.message)) if given.message else {},
        )
        try:
            inputs = dict(given.incoming.inputs)
            walked = self._walker.begin(work, given.version, execution, inputs, at)
        except _NOT_LOADED as error:
            _log.error("flow does not start", flow=given.version.flow, error=str(error))
            self._give_up(work, conversation.id)
            return ()
        self._save(work, walked, new=True)
        return (walked,)

    def hear(self, work: Work, run: Run, conversation: Conversation) -> Sequence[Walked]:
        """Let a locked run have the messages that it has not had, as far as it listens.

        What does not move it stays untaken: the run may come to a step that reads it. A run whose
        flow does not load any more hears nothing: the contact is told, and the thread is closed.
        """
        done: list[Walked] = []
        for message in work.untaken(conversation.id):
            if run.status == "ended":
                work.take_messages(conversation.id, message.number)
                continue
            if run.awaits or is_served(work, self._walker.read(run)):
                break
            try:
                walked = self._walker.move(work, run, _event(run, message))
            except _NOT_LOADED as error:
                _log.error("flow does not go on", execution=run.id, flow=run.flow, error=str(error))
                self._give_up(work, conversation.id)
                break
            if not walked.moved:
                break
            work.take_messages(conversation.id, message.number)
            self._save(work, walked)
            done.append(walked)
        return done

    def hear_again(self, order: Hear) -> None:
        """Carry out `Hear`: the run has been busy, and messages have come meanwhile."""
        with self._store.work() as work:
            run = work.lock(order.execution)
            conversation = work.conversation(order.conversation)
            if run is None or conversation is None or conversation.state != "flow":
                return
            done = self.hear(work, run, conversation)
        self.follow(done)

    def follow(self, done: Sequence[Walked]) -> None:
        """Begin, after the commit, what walks asked for."""
        for walked in done:
            self._effects.begin(walked)

    def after(self, work: Work, walked: Walked) -> None:
        """Write down, in the turn's transaction, what a turn means for the run's conversation.

        The written apology, whose turn it is now, its end, and that the run can hear again.
        """
        execution, run = walked.execution, walked.run
        for part in walked.instructions:
            if isinstance(part, Apologise):
                self._sorry(work, execution.conversation, part.language)
        if run.status == "ended":
            self._close(work, execution.conversation)
            return
        hand_over(work, walked)
        if not run.awaits:
            self._wake(work, walked)

    def _wake(self, work: Work, walked: Walked) -> None:
        name = walked.execution.conversation
        untaken = work.untaken(name)
        if not untaken:
            return
        order = Hear(walked.run.id, name)
        key = f"hear-{name}-{untaken[0].number}-{walked.run.moves}"
        at = walked.run.updated
        walked.noted = [*walked.noted, *self._effects.orders.note(work, [(key, order)], at)]

    def _save(self, work: Work, walked: Walked, *, new: bool = False) -> None:
        run = walked.run
        run.undelivered = "[]"
        outbox = self._effects.note(work, walked, run.updated)
        work.save(Saved(run, new, None, walked.history, outbox, walked.facts))

    def _sorry(self, work: Work, name: str, language: str) -> None:
        conversation = work.conversation(name)
        if conversation is not None and conversation.state != "closed":
            self._threads.write(work, conversation, Written("system", apology(language)))

    def _give_up(self, work: Work, name: str) -> None:
        """Apologise and close: what the contact writes next begins anew."""
        self._sorry(work, name, "")
        self._close(work, name)

    def _close(self, work: Work, name: str) -> None:
        """Close a conversation whose walk has ended."""
        conversation = work.conversation(name)
        if conversation is not None and conversation.state != "closed":
            self._threads.close(work, conversation)


def _contact(given: Beginning) -> dict[str, Any]:
    if given.contact is not None:
        return given.contact.values()
    incoming = given.incoming
    told = {"name": incoming.name, "number": incoming.number, "email": incoming.email}
    return {name: value for name, value in told.items() if value}


def _event(run: Run, message: Message) -> MessageIn:
    choice = str(message.details.get("choice", ""))
    return MessageIn(max(message.at, run.updated), message.text, choice, _scope(message))


def _scope(message: Message) -> Mapping[str, Any]:
    """Give a message as templates see it."""
    return {
        "id": message.id,
        "text": message.text,
        "from": message.peer,
        "to": message.address,
        "subject": message.subject,
        "media": [dict(each) for each in message.media],
    }
