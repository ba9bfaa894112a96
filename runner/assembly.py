"""Puts the services of this room together, for one process: each is made when first asked for.

`app.py` gives what other rooms have (`Parts`); what is in here knows only the runner.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from desk.access import Limits
from flow import effects as asked
from runner import orders as ordered
from runner.agent_legs import AgentLegs
from runner.alarms import Alarms
from runner.briefing import Briefing
from runner.contact_legs import ContactLegs
from runner.copies import CarrierCopies, RecordingKeeper
from runner.desk import Desk
from runner.dialling import DialCheck
from runner.effects import Effects
from runner.egress.ours import http_client
from runner.facts import CallFacts
from runner.handling import Handling
from runner.legs import Legs
from runner.library import Library
from runner.local import LOCAL
from runner.mailer import SoundShelf
from runner.messages.limits import Reach
from runner.messages.messaging import MessageParts, Messaging
from runner.numbers import Numbers
from runner.orders import Orders
from runner.outbound import Outbound
from runner.outgoing import Outgoing
from runner.performers import HttpPerformer, RecordingControl, run_function
from runner.places import DeskRules
from runner.ports import CallControl, CallPlacing, Conferences, Jobs, Renderer, Store, Work
from runner.post import Post
from runner.rooms import Rooms
from runner.settings import Settings
from runner.starts import Starts
from runner.telling import Teller
from runner.vault import Vault
from runner.voice import Voice
from runner.waiting import WaitingRoom
from runner.walker import Walked, Walker


class Carrier(CallControl, CallPlacing, Conferences, RecordingKeeper, Protocol):
    """The carrier's REST API, all of it that this room uses."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """How the addresses are written that the carrier comes back to."""

    turn: Callable[[str, str], str]
    leg: Callable[[str, str], str]
    hold: Callable[[str, str], str]
    heard: Callable[[str, str, float], str]


@dataclass(frozen=True, slots=True)
class Parts:
    """What the other rooms give. `owner` names this process; without `threads` orders are left.

    `secret` gives a value that flows use by name.
    """

    settings: Settings
    store: Store
    jobs: Jobs
    vault: Vault
    secret: Callable[[str], str | None]
    recordings: SoundShelf
    carrier: Carrier
    renderer: Renderer
    addresses: Addresses
    alarms: Alarms
    clock: Callable[[], datetime]
    owner: str
    threads: int = 16
    messages: MessageParts = field(default_factory=MessageParts)


class Assembly:
    """Everything that walks calls, built for one process."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.settings = parts, parts.settings

    @cached_property
    def orders(self) -> Orders:
        """What carries out orders; who does which is looked up late, for they order themselves."""
        parts = self.parts
        return Orders(
            parts.store,
            self.parts.jobs,
            parts.vault,
            self.parts.clock,
            self.parts.owner,
            self._by_order,
            self.parts.threads,
        )

    def _by_order(self) -> dict[type[Any], Any]:
        return {
            ordered.Tell: self.teller.tell,
            ordered.Push: self.teller.push,
            asked.Drop: self.desk.drop,
            ordered.Ring: self.legs.ring,
            ordered.EndLeg: self.legs.end,
            ordered.SayAndEnd: self.legs.say_and_end,
            ordered.LegOver: self.contacts.over,
            asked.PlaceCall: self.contacts.place,
            asked.Brief: Briefing(self.desk, self.parts.carrier, self.parts.addresses.leg).brief,
            ordered.DeleteRecording: self.copies.delete,
            ordered.DeleteMessage: self.copies.delete_message,
            ordered.Hear: self.messaging.talks.hear_again,
            **self.post.orders,
            ordered.Arrange: self.rooms.arrange,
            ordered.EndConversation: self.rooms.end,
        }

    @cached_property
    def copies(self) -> CarrierCopies:
        """What has the carrier delete what it keeps."""
        parts = self.parts
        return CarrierCopies(
            parts.store, self.orders, parts.carrier, parts.clock, parts.messages.forget
        )

    @cached_property
    def teller(self) -> Teller:
        """What brings walks their news."""
        return Teller(
            *(self.parts.store, self.walker, self.effects, self.parts.carrier),
            *(self.parts.addresses.turn, self.parts.clock, self.desk.leave),
        )

    @cached_property
    def legs(self) -> Legs:
        """What places calls."""
        store, address = self.parts.store, self.parts.addresses.leg
        return Legs(
            store, self.orders, self.parts.carrier, self.outbound, self.parts.clock, address
        )

    @cached_property
    def outbound(self) -> Outbound:
        """What says whether an outgoing call may leave."""
        settings = self.settings
        numbers = Numbers(frozenset(settings.dial_countries), settings.caller_id)
        parts = self.parts
        return Outbound(numbers, settings.outbound, parts.vault.mark, parts.clock, parts.alarms)

    @cached_property
    def desk(self) -> Desk:
        """The desk: queue, offers, agents."""
        settings, parts = self.settings, self.parts
        changed = parts.messages.changed
        rules = DeskRules(
            *(settings.after_call_work, settings.timezone, settings.weights, changed),
            hours=settings.outbound.hours,
        )
        return Desk(parts.store, self.orders, parts.jobs, parts.clock, rules)

    @cached_property
    def contacts(self) -> ContactLegs:
        """What lets contacts whom we called into their walks."""
        store = self.parts.store
        return ContactLegs(store, self.legs, self.agents, self.teller, self.parts.renderer)

    @cached_property
    def agents(self) -> AgentLegs:
        """What agents hear on the telephone."""
        store = self.parts.store
        rooms = (self.desk, self.legs, self.orders, self.parts.carrier, self.parts.renderer)
        return AgentLegs(store, *rooms, self.parts.addresses.leg, self.parts.clock)

    @cached_property
    def rooms(self) -> Rooms:
        """What puts those who speak as they shall be."""
        parts = (self.parts.store, self.desk, self.legs, self.parts.carrier)
        return Rooms(*parts, self.walker, self.parts.renderer, self.parts.addresses.hold)

    @cached_property
    def handling(self) -> Handling:
        """The door for what agents and supervisors do with a conversation."""
        return Handling(self.desk, self.walker, self.dial)

    @cached_property
    def outgoing(self) -> Outgoing:
        """The door for agents' calls."""
        return Outgoing(self.desk, self.walker, self.dial)

    @cached_property
    def dial(self) -> DialCheck:
        """What judges numbers before they are called."""
        return DialCheck(self.outbound)

    @cached_property
    def walker(self) -> Walker:
        """What moves runs."""
        write = self.messaging.threads.perform
        local = {**LOCAL, asked.CheckDial: self.dial, asked.SendMessage: write}
        parts, zone = self.parts, self.settings.timezone
        return Walker(Library(parts.store), parts.vault, local, zone)

    @cached_property
    def effects(self) -> Effects:
        """What does the world's part."""
        performers: dict[type[Any], Any] = {
            asked.HttpRequest: HttpPerformer(http_client(self.settings), self.parts.secret),
            asked.RunFunction: run_function,
            asked.ControlRecording: RecordingControl(self.parts.carrier),
            **self.post.performers,
            asked.EnterQueue: self.desk.enter,
            asked.EstimateWait: self.desk.estimate,
            asked.HowItEnded: self.agents.how_it_ended,
        }
        parts = self.parts
        effects = Effects(
            *(parts.store, self.walker, self.parts.jobs, parts.vault),
            *(performers, self.parts.clock, self.parts.owner),
            orders=self.orders,
        )
        effects.after = self._after
        return effects

    def _after(self, work: Work, walked: Walked) -> None:
        """Write down what a turn means for its conversation; looked up late, as orders are."""
        self.messaging.talks.after(work, walked)

    @cached_property
    def reach(self) -> Reach:
        """How many messages may be begun."""
        parts = self.parts
        return Reach(parts.vault.mark, parts.clock, parts.alarms, *self.settings.message_limits)

    @cached_property
    def messaging(self) -> Messaging:
        """What conversations by messages are made of."""
        return Messaging(self, self.parts.messages)

    @cached_property
    def post(self) -> Post:
        """What sends e-mails and delivers messages."""
        parts = self.parts
        return Post(
            *(parts.store, parts.jobs, parts.vault, parts.recordings),
            *(self.desk, parts.clock, self.settings, self.reach),
        )

    @cached_property
    def calls(self) -> CallFacts:
        """What takes status reports in."""
        return CallFacts(self.parts.store, self.walker, self.effects, self.parts.jobs, self.legs)

    @cached_property
    def voice(self) -> Voice:
        """The door for calls."""
        return Voice(
            self.parts.store,
            self.walker,
            self.effects,
            self.parts.renderer,
            self.parts.addresses.turn,
        )

    @cached_property
    def waiting(self) -> WaitingRoom:
        """What is heard by those who wait."""
        store, effects = self.parts.store, self.effects
        return WaitingRoom(
            store, self.walker, effects, self.desk, self.parts.renderer, self.parts.addresses.heard
        )

    @cached_property
    def starts(self) -> Starts:
        """The door for other systems."""
        settings = self.settings
        limits = Limits(settings.api_starts_per_second, settings.api_running_per_key)
        return Starts(self.parts.store, self.walker, self.effects, self.parts.clock, limits)
