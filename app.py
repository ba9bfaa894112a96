"""Fits the rooms together: `create_app` builds the server, its commands and its worker.

Nothing imports this module. Settings come from the environment (README, "Configuration").
"""

import os
import socket
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click
import structlog
from flask import Flask

from desk.access import Limits
from flow import effects as asked
from ivr.addresses import heard_address, hold_address, leg_address, turn_address
from ivr.account import account_of
from ivr.calls import Calls
from ivr.carrier import CarrierService
from ivr.render import TwimlRenderer
from ivr.webhooks import VoiceSettings, voice_blueprint
from jobs.command import worker_command
from runner import orders as ordered
from runner.agent_legs import AgentLegs
from runner.alarms import Alarms
from runner.contact_legs import ContactLegs
from runner.copies import CarrierCopies
from runner.courier import Courier
from runner.desk import Desk
from runner.dialling import DialCheck
from runner.effects import Effects
from runner.egress.ours import http_client
from runner.erasing import Eraser
from runner.facts import CallFacts, RecordingFacts, Watchdog
from runner.handling import Handling
from runner.keeping import Keeping
from runner.keys import Keys
from runner.legs import Legs
from runner.library import Library
from runner.local import LOCAL
from runner.logs import set_up_logs
from runner.numbers import Numbers
from runner.orders import Orders
from runner.outbound import Outbound
from runner.outgoing import Outgoing
from runner.performers import HttpPerformer, RecordingControl, run_function
from runner.post import Post
from runner.recordings import Recordings
from runner.rooms import Rooms
from runner.settings import Settings, load_settings
from runner.staff import Staff
from runner.starts import Starts
from runner.telling import Teller
from runner.voice import Voice
from runner.waiting import WaitingRoom
from runner.walker import Walker
from store.belongings import Finder
from store.deliveries import Deliveries
from store.erasing import Erasures
from store.expiry import Expiry
from store.holds import Holds
from store.keys import ApiKeys
from store.leases import Leases
from store.subscriptions import Subscriptions
from web import cli, health, metrics, sounds
from web.cli.contact_data import ERASER
from web.house import House, move_in, now

if TYPE_CHECKING:
    from apiflask import APIFlask

    from jobs.queue import DurableJobs
    from jobs.worker import Worker

_log = structlog.get_logger(__name__)

UPLOADS = 1024 * 1024
"""Bytes a request may have; a carrier's webhook is a few kilobytes."""


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application.

    Raises:
        BadSettings: a setting is wrong; on the command line only commands that need one say so.
    """
    serving = settings is not None or click.get_current_context(silent=True) is None
    app = _new_server() if serving else Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = UPLOADS
    house = House(load_settings if settings is None else lambda: settings)
    move_in(app, house)
    cli.add_commands(app, _migrate_jobs, lambda: Staff(Telephony(house, threads=0).desk))
    app.extensions[ERASER] = lambda: Telephony(house, threads=0).eraser
    app.cli.add_command(worker_command(lambda: Telephony(house).worker()))
    if not serving:
        return app
    set_up_logs(house.settings.log_level)
    _serve(app, house)
    return app


# Commands do without the API's library, which takes as long to import as Flask itself.
def _new_server() -> "APIFlask":
    from web.api.application import application  # noqa: PLC0415 see above

    return application(__name__)


# The job library takes longer to import than all the rest; commands on files do without it.
def _migrate_jobs(database_url: str) -> None:
    from jobs.queue import migrate  # noqa: PLC0415 see above

    migrate(database_url)


def _serve(app: Flask, house: House) -> None:
    from web.api.application import install  # noqa: PLC0415 as _new_server
    from web.api.doors import Doors  # noqa: PLC0415 as above

    settings = house.settings
    telephony = Telephony(house)
    keys = VoiceSettings(settings.base_url, settings.twilio_auth_token, settings.twilio_account_sid)
    app.register_blueprint(
        voice_blueprint(telephony.service, telephony.renderer, keys, metrics.refused)
    )
    app.register_blueprint(sounds.blueprint(house))
    app.register_blueprint(health.blueprint(house))
    app.register_blueprint(metrics.blueprint())
    doors = Doors(
        *(Keys(ApiKeys(house.database), now), telephony.starts, now),
        *(Staff(telephony.desk), telephony.outgoing, telephony.handling),
    )
    install(app, doors, settings.base_url)
    if settings.development:
        _log.warning("development mode: webhooks need no signature, loopback only")


class Telephony:
    """Everything that walks calls, built for one house and one process.

    Without `threads` it gives orders and leaves them to the worker, as commands do.
    """

    def __init__(self, house: House, threads: int = 16) -> None:
        self._house, self._threads = house, threads
        self._settings = house.settings
        self._owner = f"{socket.gethostname()}-{os.getpid()}-{os.urandom(4).hex()}"

    @cached_property
    def jobs(self) -> "DurableJobs":
        """The durable queue, written in the turn's own transaction."""
        from jobs.queue import DurableJobs  # noqa: PLC0415 as _migrate_jobs

        return DurableJobs(self._settings.database)

    @cached_property
    def carrier(self) -> Calls:
        """The carrier's REST API."""
        return Calls(account_of(self._settings), public_url=self._settings.base_url)

    @cached_property
    def orders(self) -> Orders:
        """What carries out orders; who does which is looked up late, for they order themselves."""
        house = self._house
        return Orders(
            house.store, self.jobs, house.vault, now, self._owner, self._by_order, self._threads
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
            ordered.DeleteRecording: self.copies.delete,
            **self.post.orders,
            ordered.Arrange: self.rooms.arrange,
            ordered.EndConversation: self.rooms.end,
        }

    @cached_property
    def copies(self) -> CarrierCopies:
        """What has the carrier delete its recordings."""
        return CarrierCopies(self._house.store, self.orders, self.carrier, now)

    @cached_property
    def eraser(self) -> Eraser:
        """What erases a contact."""
        database, drop = self._house.database, self._house.recordings.discard
        find, held = Finder(database).of, Holds(database).on
        mark = self._house.vault.mark
        return Eraser(Erasures(database), find, held, drop, self.copies, mark, now)

    @cached_property
    def teller(self) -> Teller:
        """What brings walks their news."""
        return Teller(
            *(self._house.store, self.walker, self.effects, self.carrier),
            *(self._turn_address, now, self.desk.leave),
        )

    @cached_property
    def legs(self) -> Legs:
        """What places calls."""
        store, address = self._house.store, self._leg_address
        return Legs(store, self.orders, self.carrier, self.outbound, now, address)

    @cached_property
    def outbound(self) -> Outbound:
        """What says whether an outgoing call may leave."""
        settings = self._settings
        numbers = Numbers(frozenset(settings.dial_countries), settings.caller_id)
        alarms = Alarms(metrics.call_refused, metrics.limit_reached)
        return Outbound(numbers, settings.outbound, self._house.vault.mark, now, alarms)

    @cached_property
    def desk(self) -> Desk:
        """The desk: queue, offers, agents."""
        settings, store = self._settings, self._house.store
        work, zone = settings.after_call_work, settings.timezone
        return Desk(store, self.orders, self.jobs, now, wrap_up=work, zone=zone)

    @cached_property
    def contacts(self) -> ContactLegs:
        """What lets contacts whom we called into their walks."""
        store = self._house.store
        return ContactLegs(store, self.legs, self.agents, self.teller, self.renderer)

    @cached_property
    def agents(self) -> AgentLegs:
        """What agents hear on the telephone."""
        store = self._house.store
        rooms = (self.desk, self.legs, self.orders, self.carrier, self.renderer)
        return AgentLegs(store, *rooms, self._leg_address, now)

    @cached_property
    def rooms(self) -> Rooms:
        """What puts those who speak as they shall be."""
        parts = (self._house.store, self.desk, self.legs, self.carrier)
        return Rooms(*parts, self.walker, self.renderer, self._hold_address)

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
        local = {**LOCAL, asked.CheckDial: self.dial}
        house, zone = self._house, self._settings.timezone
        return Walker(Library(house.store), house.vault, local, zone)

    @cached_property
    def effects(self) -> Effects:
        """What does the world's part."""
        performers: dict[type[Any], Any] = {
            asked.HttpRequest: HttpPerformer(http_client(self._settings), self._house.secrets.get),
            asked.RunFunction: run_function,
            asked.ControlRecording: RecordingControl(self.carrier),
            **self.post.performers,
            asked.EnterQueue: self.desk.enter,
            asked.EstimateWait: self.desk.estimate,
            asked.HowItEnded: self.agents.how_it_ended,
        }
        house = self._house
        return Effects(
            *(house.store, self.walker, self.jobs, house.vault),
            *(performers, now, self._owner),
            orders=self.orders,
        )

    @cached_property
    def post(self) -> Post:
        """What sends e-mails and delivers messages."""
        store, jobs, vault = self._house.store, self.jobs, self._house.vault
        return Post(store, jobs, vault, self._house.recordings, self.desk, now, self._settings)

    @cached_property
    def courier(self) -> Courier:
        """What sends events to subscribers."""
        database = self._house.database
        shelves = (Deliveries(database), Subscriptions(database))
        return Courier(*shelves, http_client(self._settings, redirects=0), self._house.vault, now)

    @cached_property
    def renderer(self) -> TwimlRenderer:
        """What writes TwiML."""
        return TwimlRenderer(
            self._settings.base_url,
            sounds.addresses(self._house),
            music_url=sounds.music_addresses(self._house),
            forward_number=self._settings.forward_number,
            report=lambda problem: _log.warning("not rendered", problem=problem),
        )

    @cached_property
    def calls(self) -> CallFacts:
        """What takes status reports in."""
        return CallFacts(self._house.store, self.walker, self.effects, self.jobs, self.legs)

    @cached_property
    def voice(self) -> Voice:
        """The door for calls."""
        return Voice(
            self._house.store, self.walker, self.effects, self.renderer, self._turn_address
        )

    @cached_property
    def waiting(self) -> WaitingRoom:
        """What is heard by those who wait."""
        base = self._settings.base_url

        def again(execution: str, token: str, heard: float) -> str:
            return heard_address(base, execution, token, heard)

        store, effects = self._house.store, self.effects
        return WaitingRoom(store, self.walker, effects, self.desk, self.renderer, again)

    def _hold_address(self, leg: str, token: str) -> str:
        return hold_address(self._settings.base_url, leg, token)

    def _leg_address(self, leg: str, token: str) -> str:
        return leg_address(self._settings.base_url, leg, token)

    def _turn_address(self, execution: str, token: str) -> str:
        return turn_address(self._settings.base_url, execution, token)

    @cached_property
    def starts(self) -> Starts:
        """The door for other systems."""
        settings = self._settings
        limits = Limits(settings.api_starts_per_second, settings.api_running_per_key)
        return Starts(self._house.store, self.walker, self.effects, now, limits)

    @cached_property
    def service(self) -> CarrierService:
        """What the webhooks hand their news to."""
        recordings = RecordingFacts(self._house.store, self.jobs)
        return CarrierService(
            *(self.voice, self.calls, recordings, self.waiting, self.agents),
            *(self.contacts, self.rooms),
        )

    def worker(self) -> "Worker":
        """Build the worker process's work."""
        from jobs.reaper import Reaper  # noqa: PLC0415 as _migrate_jobs
        from jobs.steadily import Steadily  # noqa: PLC0415 as above
        from jobs.table import Services, job_table, schedule_table  # noqa: PLC0415 as above
        from jobs.worker import Worker  # noqa: PLC0415 as above

        house, settings = self._house, self._settings
        set_up_logs(settings.log_level)
        watchdog = Watchdog(house.store, self.calls, self.carrier, now, settings.silence)
        expiry, drop = Expiry(house.database), house.recordings.discard
        keeping = Keeping(expiry, drop, settings.periods, now)
        services = Services(
            self.effects,
            Recordings(
                *(house.store, self.carrier, house.recordings, now),
                copies=self.copies if settings.delete_carrier_recordings else None,
                settled=self.post.settled,
            ),
            watchdog,
            now,
            RecordingFacts(house.store, self.jobs).chase,
            (house.prompts.sweep, house.recordings.sweep),
            self.jobs.forget,
            self.desk.settle,
            keeping.round,
            self.copies.again,
            self.courier.forget,
            self.post,
        )
        webhooks = Steadily("webhooks", 1.0, self.courier.round, self.courier.close)
        reaper = Reaper(Leases(house.database), self._owner, now)
        return Worker(
            settings.database,
            self._owner,
            job_table(services),
            schedule_table(services),
            reaper,
            [webhooks],
        )
