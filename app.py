"""Fits the rooms together: `create_app` builds the server, its commands and its worker.

Nothing imports this module. Settings come from the environment (README, "Configuration").
"""

import os
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING

import click
import structlog
from flask import Flask

from desk.call_limits import longest
from desk.floor import Floor
from digital.assembly import Digital, Given
from ivr.addresses import heard_address, hold_address, leg_address, turn_address
from ivr.calls import Calls
from ivr.carrier import CarrierService
from ivr.render import TwimlRenderer
from ivr.webhooks import voice_blueprint
from jobs.command import worker_command
from runner.alarms import Alarms
from runner.assembly import Addresses, Assembly, Parts
from runner.carrier.account import account_of
from runner.carrier.door import WebhookSettings
from runner.carrier.numbers import CarrierNumbers
from runner.carrier.watch import Watch
from runner.courier import Courier
from runner.egress.ours import http_client
from runner.erasing import Eraser
from runner.facts import RecordingFacts, Watchdog
from runner.fetching import MediaFetching
from runner.keeping import Keeping
from runner.keys import Keys
from runner.logs import set_up_logs
from runner.messages.messaging import MessageParts
from runner.recordings import Recordings
from runner.settings import Settings, load_settings
from runner.staff import Staff
from store.belongings import Finder
from store.deliveries import Deliveries
from store.erasing import Erasures
from store.expiry import Expiry
from store.holds import Holds
from store.keys import ApiKeys
from store.leases import Leases
from store.subscriptions import Subscriptions
from web import attachments, cli, health, metrics, sounds
from web.cli.carrier import CARRIER
from web.cli.contact_data import ERASER
from web.house import House, move_in, now

if TYPE_CHECKING:
    from apiflask import APIFlask

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
    app.extensions[CARRIER] = lambda: CarrierNumbers(account_of(house.settings))
    app.extensions[ERASER] = lambda: Telephony(house, threads=0).eraser
    app.cli.add_command(worker_command(lambda: _worker(house)))
    if not serving:
        return app
    set_up_logs(house.settings.log_level)
    _serve(app, house)
    return app


def _worker(house: House) -> "Worker":
    metrics.share(house.settings.data_dir)
    return Telephony(house, sweeps=True).worker()


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
    keys = WebhookSettings(
        settings.base_url, settings.twilio_auth_token, settings.twilio_account_sid
    )
    app.register_blueprint(
        voice_blueprint(telephony.service, telephony.renderer, keys, metrics.refused)
    )
    for routes in telephony.digital.blueprints(
        telephony.messaging.inbox, telephony.walker.document
    ):
        app.register_blueprint(routes)
    app.register_blueprint(sounds.blueprint(house))
    app.register_blueprint(attachments.blueprint(house))
    app.register_blueprint(health.blueprint(house, _carriers(house)))
    app.register_blueprint(metrics.blueprint())
    doors = Doors(
        *(Keys(ApiKeys(house.database), now), telephony.starts, now),
        *(Staff(telephony.desk), telephony.outgoing, telephony.handling),
        *(telephony.messaging.hands, telephony.messaging.answers),
    )
    install(app, doors, settings.base_url)
    if settings.development:
        _log.warning("development mode: webhooks need no signature, loopback only")


def _carriers(house: House) -> Callable[[], list[str]]:
    """Give what says which of the bound numbers are not set up at the carrier."""
    if house.settings.development:
        return list
    numbers = CarrierNumbers(account_of(house.settings))
    return Watch(numbers, lambda: [address for address, _ in house.library.bindings()]).warnings


class Telephony(Assembly):
    """Everything that walks calls and messages, built for one house and one process.

    Without `threads` it gives orders and leaves them to the worker, as commands do. With `sweeps`
    it is the worker, which sends whatever waits.
    """

    def __init__(self, house: House, threads: int = 16, *, sweeps: bool = False) -> None:
        from jobs.queue import DurableJobs  # noqa: PLC0415 as _migrate_jobs

        self._house, settings = house, house.settings
        self._owner = f"{socket.gethostname()}-{os.getpid()}-{os.urandom(4).hex()}"
        self.jobs = DurableJobs(settings.database)
        self.carrier = Calls(account_of(settings), public_url=settings.base_url)
        self.renderer = _renderer(house)
        self.digital = Digital(self._given())
        super().__init__(
            Parts(
                settings,
                store=house.store,
                jobs=self.jobs,
                vault=house.vault,
                secret=house.secrets.get,
                recordings=house.recordings,
                carrier=self.carrier,
                renderer=self.renderer,
                addresses=_addresses(settings.base_url),
                alarms=Alarms(metrics.call_refused, metrics.limit_reached, metrics.key_frozen),
                clock=now,
                owner=self._owner,
                threads=threads,
                messages=self._message_parts(sweeps=sweeps),
            )
        )

    def _message_parts(self, *, sweeps: bool) -> MessageParts:
        """Give what conversations by messages are made of."""
        house, digital = self._house, self.digital
        words = house.settings.wish_words
        return MessageParts(
            *(digital.channels, house.media, digital.hub.wake, words, sweeps),
            forget=digital.messages.delete,
        )

    def _given(self) -> Given:
        """Give what the message channels need of other rooms."""
        house = self._house
        files = attachments.Attachments(house)
        return Given(
            settings=house.settings,
            store=house.store,
            mark=house.mark,
            path=files.path,
            load=files.load,
            link=files.link,
            prompt=files.prompt,
            name_of=attachments.names_of_agents(self._look),
            addresses=house.library.bound_since,
            refused=metrics.refused,
            clock=now,
        )

    def _look(self) -> AbstractContextManager[tuple[Floor, datetime]]:
        return self.desk.look()

    @cached_property
    def eraser(self) -> Eraser:
        """What erases a contact."""
        house = self._house
        database, drop, discard = house.database, house.recordings.discard, house.media.discard
        find, held = Finder(database).of, Holds(database).on
        mark = house.mark
        erasures = Erasures(database, mark)
        return Eraser(erasures, find, held, drop, discard, self.copies, mark, now)

    @cached_property
    def courier(self) -> Courier:
        """What sends events to subscribers."""
        database = self._house.database
        shelves = (Deliveries(database), Subscriptions(database))
        return Courier(*shelves, http_client(self.settings, redirects=0), self._house.vault, now)

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

        house, settings = self._house, self.settings
        set_up_logs(settings.log_level)
        watchdog = Watchdog(house.store, self.calls, self.carrier, now, settings.silence)
        expiry, drop = Expiry(house.database), house.recordings.discard
        keeping = Keeping(expiry, drop, house.media.discard, settings.periods, now)
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
            (house.prompts.sweep, house.recordings.sweep, house.media.sweep),
            self.jobs.forget,
            self.desk.settle,
            keeping.round,
            self.copies.again,
            self.courier.forget,
            self.post,
            self._media(),
            self.digital.missed(self.messaging.inbox),
        )
        webhooks = Steadily("webhooks", 1.0, self.courier.round, self.courier.close)
        sending = self.messaging.sending
        messages = Steadily("messages", 0.5, sending.round, sending.close)
        mail = self.digital.mail_server(self.messaging.inbox)
        reaper = Reaper(Leases(house.database), self._owner, now)
        return Worker(
            settings.database,
            self._owner,
            job_table(services),
            schedule_table(services),
            reaper,
            [webhooks, messages, *([mail] if mail else [])],
        )

    def _media(self) -> MediaFetching:
        """Build what fetches the files that contacts sent."""
        house, clears = self._house, self.settings.delete_carrier_media
        threads, source = self.messaging, self.digital.messages
        return MediaFetching(
            house.store, lambda: threads.threads, source, house.media, clears=clears
        )


def _addresses(base: str) -> Addresses:
    return Addresses(
        partial(turn_address, base),
        partial(leg_address, base),
        partial(hold_address, base),
        partial(heard_address, base),
    )


def _renderer(house: House) -> TwimlRenderer:
    return TwimlRenderer(
        house.settings.base_url,
        sounds.addresses(house),
        music_url=sounds.music_addresses(house),
        forward_number=house.settings.forward_number,
        longest=longest(house.settings.outbound.in_all),
        report=lambda problem: _log.warning("not rendered", problem=problem),
    )
