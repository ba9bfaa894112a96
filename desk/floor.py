"""The whole desk as one thing: who waits, who is rung, who serves whom, and what follows.

Every event is a method; `settle` then answers the two questions that every event raises: who
leaves the queue now, and who is rung now. What the world must do about it collects in `tasks`,
what has to be written in `changed`. Nothing here reads a clock or makes up an id.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from desk import assignments, callbacks, offers, presence, queue, rooms, routing
from desk.agents import Agent
from desk.assignments import Assignment, How
from desk.offers import Answer, Ending, Offer
from desk.queue import Fate, Waiting
from desk.rooms import Room
from desk.state import Kind, State, Task

SET_UP = 10.0
"""Seconds that a call to an agent may take before it rings; carriers add 5 s of their own."""

AT_THE_KEY = 20.0
"""Seconds an agent who picked up has to accept by the key."""


@dataclass
class Floor(State):
    """One contact centre, moved by what happens in it."""

    def enter(self, waiting: Waiting) -> Fate:
        """Put a contact into the queue: `wait`, or `no_match` where no such agent exists."""
        if waiting.id in self.contacts:
            return "wait"
        if not queue.able(waiting, self.roster):
            return "no_match"
        self._keep_waiting(waiting)
        if waiting.conversation:
            self._task("queued", waiting.id)
        return "wait"

    def leave(self, contact: str, at: datetime, word: str = "") -> None:
        """The contact has gone, or took another exit: nobody is rung, whoever served is free.

        `word` is what the agent is told.
        """
        if self._waits(contact):
            self._exit(contact, at)
            if self.contacts[contact].conversation:
                self._task("freed", contact)
        if room := self.room_of(contact):
            self._close(room, at)
        for assignment in self.serving(contact):
            self._end(assignment, "contact_left", at)
            kind: Kind = "freed" if assignment.conversation else "release"
            self._task(kind, contact, assignment.id, assignment.agent, word)

    def take(self, agent: str, contact: str, room: str, at: datetime) -> None:
        """Give an agent a contact without a queue: the agent calls somebody.

        Raises:
            NotAllowed: the agent serves somebody already.
        """
        self.put_agent(presence.start_call(self.agents[agent], contact, at))
        self._keep_assignment(Assignment(room, contact, agent, at))

    def hand(self, contact: str, agent: str, name: str, at: datetime) -> None:
        """Give an agent a conversation by messages that waits; the assignment gets this name."""
        given = self.contacts[contact]
        self._exit(contact, at)
        self.put_agent(presence.take_on(self.agents[agent], given.weight))
        served = Assignment(
            *(name, contact, agent, at), conversation=given.conversation, weight=given.weight
        )
        self._keep_assignment(served)
        self._task("assigned", contact, name, agent)

    def pass_on(self, assignment: Assignment | None, place: Waiting, at: datetime) -> None:
        """Put a conversation by messages into the queue again, from whom has it or where it lay."""
        if assignment is not None:
            self._end(assignment, "finished", at)
        self._keep_waiting(place)
        self._task("queued", place.id)

    def picked_up(self, offer_id: str, at: datetime) -> None:
        """The agent's telephone was answered: there is time to press the key."""
        offer = self.offers[offer_id]
        if offer.is_open:
            self._keep_offer(replace(offer, expires=at + timedelta(seconds=AT_THE_KEY)))

    def accept(self, offer_id: str, at: datetime) -> Answer:
        """Decide an acceptance: the first wins, the others hear so; none outside the hours."""
        contact = self.contacts.get(self.offers[offer_id].contact)
        if contact is not None and self._waits(contact.id):
            self._rest((contact,), at)
        offer = self.offers[offer_id]
        siblings = [o for o in self.offers.values() if o.contact == offer.contact]
        waits = self._waits(offer.contact) or self._is_pending(offer.contact)
        decision = offers.accept(offer, siblings, at, is_waiting=waits)
        for changed in decision.changed:
            self._keep_offer(changed)
            if changed.state != "accepted":
                self._task("end_ring", changed.contact, changed.id, changed.agent)
        if decision.answer == "accepted" and decision.changed:
            self._serve(offer, at)
        return decision.answer

    def end_offer(self, offer_id: str, how: Ending, at: datetime) -> None:
        """An offer came to nothing; `lost` sets the agent not ready, whose line does not work."""
        offer = self.offers[offer_id]
        if not offer.is_open:
            return
        ended = offers.end(offer, how, at)
        self._keep_offer(ended)
        waiting = self.contacts.get(ended.contact)
        if waiting and self._waits(ended.contact):
            # Who was named for a transfer is not waited for when the line does not work.
            is_vain = self._is_pending(ended.contact)
            after = queue.tried(waiting, ended.agent) if is_vain else offers.after(waiting, ended)
            self._keep_waiting(after)
        agent = self.agents.get(offer.agent)
        if how == "lost" and agent:
            self.put_agent(presence.lose(agent, at))
        if not offer.agent:
            self.nobody_came(offer.contact, at)

    def agent_left(self, assignment_id: str, how: How, at: datetime) -> None:
        """The agent's leg has ended: the walk goes on, or the contact returns to the queue.

        Where others serve the contact too, or somebody is being called, the room goes on.
        """
        assignment = self.assignments.get(assignment_id)
        if assignment is None or assignment.ended:
            return
        self._end(assignment, how, at)
        room = self.room_of(assignment.contact)
        if room is not None:
            others = self.serving(assignment.contact)
            if others or room.pending:
                self.arrange(rooms.one_left(room, others))
                return
            self._close(room, at)
        self._tell_left(assignment, how, at_once=room is not None and room.is_held)

    def nobody_came(self, pending: str, at: datetime) -> bool:
        """Who was called into a room does not come; false: nobody was called so.

        Those who speak go on; a contact with whom nobody is any more has had an accident.
        """
        room = self.room_of(pending)
        if room is None or room.pending != pending:
            return False
        if self.serving(room.contact):
            self.arrange(rooms.nobody_came(room))
            return True
        last = self.history(room.contact)[-1]
        self._close(room, at)
        self._tell_left(last, "accident", at_once=True)
        return True

    def call_outside(self, name: str, at: datetime, seconds: float) -> None:
        """Offer a room's contact to somebody who is no agent; the leg has this name."""
        self._keep_offer(offers.make(name, name, "", at, seconds + SET_UP))

    def withdraw(self, pending: str, at: datetime) -> None:
        """Call nobody into a room any more."""
        if self._waits(pending):
            self._exit(pending, at)
        self._end_rings((o for o in self.open_offers if o.contact == pending), at)

    def unwatch(self, leg: str, at: datetime) -> None:
        """A supervisor's leg is over: the room goes on without, and the supervisor is free."""
        for room in list(self.rooms.values()):
            for watcher in room.watchers:
                if watcher.leg == leg:
                    stay = tuple(each for each in room.watchers if each != watcher)
                    self.keep_room(replace(room, watchers=stay))
                    self._free(watcher.agent, leg, at)

    def choose(self, agent: str, word: str, at: datetime) -> Agent:
        """Take an agent's choice of presence; who goes offline is rung no more.

        Raises:
            NotAllowed: it cannot be chosen.
        """
        chosen = presence.choose(self.agents[agent], word, at)
        self.put_agent(chosen)
        if word == "offline":
            self._end_rings((o for o in self.open_offers if o.agent == agent), at)
        return chosen

    def remove_agent(self, agent: str, at: datetime) -> bool:
        """Take an agent out, who is rung no more; not one who serves somebody."""
        known = self.agents.get(agent)
        if known is None or known.assignment or known.load:
            return False
        self._end_rings((o for o in self.open_offers if o.agent == agent), at)
        del self.agents[agent]
        self.changed.add(("agents", agent))
        self._roster = None
        return True

    def settle(self, at: datetime, new_id: Callable[[], str]) -> None:
        """Do what follows of the present state: ends of time, exits, and new ringing."""
        for offer in self.open_offers:
            if at >= offer.expires:
                self.end_offer(offer.id, "expired", at)
                self._task("end_ring", offer.contact, offer.id, offer.agent)
        for agent in list(self.agents.values()):
            rested = presence.end_wrap_up(agent, at)
            if rested is not agent:
                self.put_agent(rested)
        self._rest(self.queue, at)
        for waiting in [each for each in self.queue if each.instead is not None]:
            meant = queue.left_alone(waiting, self.roster)
            if meant is not waiting:
                self._keep_waiting(meant)
        rung = offers.count_open(self.open_offers)
        for contact, word in queue.due(self.queue, self.roster, rung, at).items():
            self._exit(contact, at)
            if not self.nobody_came(contact, at):
                self._task("exit", contact, word=word)
        while self._offer(at, new_id):
            pass

    def next_moment(self, at: datetime) -> datetime | None:
        """Find the next moment at which time alone changes something."""
        moments = [offer.expires for offer in self.open_offers]
        moments += [a.wrap_up_until for a in self.agents.values() if a.wrap_up_until]
        moments += filter(
            None, (self.called_until(offer.contact, at) for offer in self.open_offers)
        )
        waits = queue.next_change(self.queue, at)
        return min([m for m in (*moments, waits) if m is not None and m > at], default=None)

    def called_until(self, contact: str, at: datetime) -> datetime | None:
        """Say until when a contact may be called; None for at any time."""
        waiting = self.contacts.get(contact)
        window = waiting.permitted if waiting else None
        return window.closes(at) if window else None

    def _offer(self, at: datetime, new_id: Callable[[], str]) -> bool:
        """Ring and give, one contact for each agent; whether agents may have room for another."""
        may_have_room = False
        for ring in routing.plan(self.queue, self.roster, self.open_offers, at):
            if self.contacts[ring.contact].conversation:
                self.hand(ring.contact, ring.agent, new_id(), at)
                may_have_room = True
                continue
            made = offers.make(new_id(), ring.contact, ring.agent, at, ring.seconds + SET_UP)
            self._keep_offer(made)
            self._task("ring", made.contact, made.id, made.agent)
        return may_have_room

    def _rest(self, contacts: Iterable[Waiting], at: datetime) -> None:
        """Let those sleep whose hours are over; who is rung for them is rung no more."""
        for waiting in contacts:
            rested = callbacks.rest(waiting, at)
            if rested is not waiting:
                self._keep_waiting(rested)
                self._end_rings((o for o in self.open_offers if o.contact == waiting.id), at)

    def _serve(self, offer: Offer, at: datetime) -> None:
        room = self.room_of(offer.contact)
        contact = room.contact if room else offer.contact
        if offer.agent:
            self.put_agent(presence.start_call(self.agents[offer.agent], contact, at))
            self.queue = queue.without(self.queue, offer.contact)
            self.changed.add(("waiting", offer.contact))
        self._keep_assignment(Assignment(offer.id, contact, offer.agent, at))
        if room:
            self.arrange(rooms.one_came(room, self.serving(contact)))
        else:
            self._task("assigned", contact, offer.id, offer.agent)

    def _close(self, room: Room, at: datetime) -> None:
        """Nobody is called or watches any more; legs that were leaving are ended."""
        if room.pending:
            self.withdraw(room.pending, at)
        for watcher in room.watchers:
            self._free(watcher.agent, watcher.leg, at)
        for leg in (*room.leaving, *(watcher.leg for watcher in room.watchers)):
            self._task("release", room.contact, leg)
        self.keep_room(replace(room, pending="", purpose="", watchers=(), closed=at))

    def _tell_left(self, last: Assignment, how: How, *, at_once: bool) -> None:
        told = Task("agent_left", last.contact, last.id, last.agent, how, at_once)
        self.tasks.append(told)

    def _free(self, agent: str, leg: str, at: datetime) -> None:
        known = self.agents.get(agent)
        if known is not None:
            self.put_agent(presence.end_call(known, leg, at))

    def _end(self, assignment: Assignment, how: How, at: datetime) -> None:
        self._keep_assignment(assignments.end(assignment, how, at))
        agent = self.agents.get(assignment.agent)
        if agent is None:
            return
        if assignment.conversation:
            self.put_agent(presence.put_down(agent, assignment.weight, at))
            return
        if how == "accident":
            agent = presence.lose(agent, at)
        wrap_up = 0.0 if how == "accident" else self.wrap_up
        self.put_agent(presence.end_call(agent, assignment.contact, at, wrap_up))

    def _exit(self, contact: str, at: datetime) -> None:
        self._end_rings((o for o in self.open_offers if o.contact == contact), at)
        self.queue = queue.without(self.queue, contact)
        self.changed.add(("waiting", contact))

    def _end_rings(self, ended: Iterable[Offer], at: datetime) -> None:
        for offer in offers.withdraw(ended, at):
            self._keep_offer(offer)
            self._task("end_ring", offer.contact, offer.id, offer.agent)
