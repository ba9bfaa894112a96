"""Fits the rooms together: `create_app` builds the server, its commands and its worker.

Nothing imports this module. Settings come from the environment (README, "Configuration").
"""

import os
import socket
from functools import cached_property, partial
from typing import TYPE_CHECKING

import click
import structlog
from flask import Flask

from ivr.account import account_of
from ivr.addresses import heard_address, hold_address, leg_address, turn_address
from ivr.calls import Calls
from ivr.carrier import CarrierService
from ivr.render import TwimlRenderer
from ivr.webhooks import VoiceSettings, voice_blueprint
from jobs.command import worker_command
from runner.alarms import Alarms
from runner.assembly import Addresses, Assembly, Parts
from runner.courier import Courier
from runner.egress.ours import http_client
from runner.erasing import Eraser
from runner.facts import RecordingFacts, Watchdog
from runner.keeping import Keeping
from runner.keys import Keys
from runner.logs import set_up_logs
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
from web import cli, health, metrics, sounds
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


class Telephony(Assembly):
    """Everything that walks calls, built for one house and one process.

    Without `threads` it gives orders and leaves them to the worker, as commands do.
    """

    def __init__(self, house: House, threads: int = 16) -> None:
        from jobs.queue import DurableJobs  # noqa: PLC0415 as _migrate_jobs

        self._house, settings = house, house.settings
        self._owner = f"{socket.gethostname()}-{os.getpid()}-{os.urandom(4).hex()}"
        self.jobs = DurableJobs(settings.database)
        self.carrier = Calls(account_of(settings), public_url=settings.base_url)
        self.renderer = _renderer(house)
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
                alarms=Alarms(metrics.call_refused, metrics.limit_reached),
                clock=now,
                owner=self._owner,
                threads=threads,
            )
        )

    @cached_property
    def eraser(self) -> Eraser:
        """What erases a contact."""
        database, drop = self._house.database, self._house.recordings.discard
        find, held = Finder(database).of, Holds(database).on
        mark = self._house.vault.mark
        return Eraser(Erasures(database), find, held, drop, self.copies, mark, now)

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
        report=lambda problem: _log.warning("not rendered", problem=problem),
    )
