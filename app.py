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

from flow.effects import CheckDial, ControlRecording, HttpRequest, RunFunction
from ivr.addresses import turn_address
from ivr.calls import Account, Calls
from ivr.carrier import CarrierService
from ivr.render import TwimlRenderer
from ivr.webhooks import VoiceSettings, voice_blueprint
from jobs.command import worker_command
from runner.dialling import DialCheck
from runner.effects import Effects
from runner.egress import Guard, HttpClient, own_hosts
from runner.errors import BadSettings
from runner.facts import CallFacts, RecordingFacts, Watchdog
from runner.library import Library
from runner.local import LOCAL
from runner.logs import set_up_logs
from runner.performers import HttpPerformer, RecordingControl, run_function
from runner.recordings import Recordings
from runner.settings import Settings, load_settings
from runner.voice import Voice
from runner.walker import Walker
from store.leases import Leases
from web import cli, health, metrics, sounds
from web.house import House, move_in, now

if TYPE_CHECKING:
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
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = UPLOADS
    house = House(load_settings if settings is None else lambda: settings)
    move_in(app, house)
    cli.add_commands(app, _migrate_jobs)
    app.cli.add_command(worker_command(lambda: Telephony(house).worker()))
    if settings is None and click.get_current_context(silent=True) is not None:
        return app
    set_up_logs(house.settings.log_level)
    _serve(app, house)
    return app


# The job library takes longer to import than all the rest; commands on files do without it.
def _migrate_jobs(database_url: str) -> None:
    from jobs.queue import migrate  # noqa: PLC0415 see above

    migrate(database_url)


def _serve(app: Flask, house: House) -> None:
    settings = house.settings
    telephony = Telephony(house)
    keys = VoiceSettings(settings.base_url, settings.twilio_auth_token, settings.twilio_account_sid)
    app.register_blueprint(
        voice_blueprint(telephony.service, telephony.renderer, keys, metrics.refused)
    )
    app.register_blueprint(sounds.blueprint(house))
    app.register_blueprint(health.blueprint(house))
    app.register_blueprint(metrics.blueprint())
    if settings.development:
        _log.warning("development mode: webhooks need no signature, loopback only")


class Telephony:
    """Everything that walks calls, built for one house and one process."""

    def __init__(self, house: House) -> None:
        self._house = house
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
        settings = self._settings
        token = settings.twilio_auth_token[0] if settings.twilio_auth_token else "development"
        sid = settings.twilio_account_sid or "AC" + "0" * 32
        return Calls(Account(sid, token, settings.twilio_api_url or _nowhere(settings)))

    @cached_property
    def walker(self) -> Walker:
        """What moves runs."""
        dial = DialCheck(frozenset(self._settings.dial_countries), self._settings.caller_id)
        local = {**LOCAL, CheckDial: dial}
        library = Library(self._house.store)
        return Walker(library, self._house.vault, local, self._settings.timezone)

    @cached_property
    def effects(self) -> Effects:
        """What does the world's part."""
        performers: dict[type[Any], Any] = {
            HttpRequest: HttpPerformer(self._http(), self._house.secrets.get),
            RunFunction: run_function,
            ControlRecording: RecordingControl(self.carrier),
        }
        house = self._house
        return Effects(
            house.store, self.walker, self.jobs, house.vault, performers, now, self._owner
        )

    def _http(self) -> HttpClient:
        settings = self._settings
        own = own_hosts((settings.base_url, settings.database))
        try:
            return HttpClient(Guard(settings.egress_allow, own))
        except ValueError as error:
            raise BadSettings(f"EGRESS_ALLOW: {error}") from None

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
        return CallFacts(self._house.store, self.walker, self.effects, self.jobs)

    @cached_property
    def voice(self) -> Voice:
        """The door for calls."""
        base = self._settings.base_url

        def address(execution: str, token: str) -> str:
            return turn_address(base, execution, token)

        return Voice(self._house.store, self.walker, self.effects, self.renderer, address)

    @cached_property
    def service(self) -> CarrierService:
        """What the webhooks hand their news to."""
        recordings = RecordingFacts(self._house.store, self.jobs)
        return CarrierService(self.voice, self.calls, recordings)

    def worker(self) -> "Worker":
        """Build the worker process's work."""
        from jobs.reaper import Reaper  # noqa: PLC0415 as _migrate_jobs
        from jobs.table import Services, job_table, schedule_table  # noqa: PLC0415 as above
        from jobs.worker import Worker  # noqa: PLC0415 as above

        house, settings = self._house, self._settings
        set_up_logs(settings.log_level)
        watchdog = Watchdog(house.store, self.calls, self.carrier, now, settings.silence)
        services = Services(
            self.effects,
            Recordings(house.store, self.carrier, house.recordings, now),
            watchdog,
            now,
            RecordingFacts(house.store, self.jobs).chase,
            (house.prompts.sweep, house.recordings.sweep),
            self.jobs.forget,
        )
        reaper = Reaper(Leases(house.database), self._owner, now)
        return Worker(
            settings.database,
            self._owner,
            job_table(services),
            schedule_table(services),
            reaper,
        )


def _nowhere(settings: Settings) -> str:
    """Give the API's base in development without a token: nothing that could be reached."""
    return "" if settings.twilio_auth_token else "http://127.0.0.1:9"
