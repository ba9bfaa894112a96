"""Reads the settings from the environment; a wrong one stops the start with one clear line."""

import ipaddress
import os
import re
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from desk.dial_rules import DialRules
from desk.keeping import Periods
from desk.wrap_up import DISPOSITION
from runner.chat_settings import ChatSettings
from runner.desk_settings import DeskSettings
from runner.egress.hosts import HostList
from runner.errors import BadSettings
from runner.inbound_mail_settings import InboundMailSettings
from runner.mail_settings import MailSettings
from runner.message_settings import MessageSettings
from runner.outbound_settings import OutboundSettings
from runner.setting_kinds import PORTS, CommaList

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_KEY = re.compile(r"[0-9a-fA-F]{64}")


class Settings(
    ChatSettings,
    MessageSettings,
    OutboundSettings,
    MailSettings,
    InboundMailSettings,
    DeskSettings,
):
    """Everything the operator can set; names in capitals are the environment's."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    database_url: str = Field(default="", description="SQLite under DATA_DIR when empty.")
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = Field(default="", description="http://HOST:PORT when empty.")
    data_dir: Path = Path("var")
    web_concurrency: int = Field(default=0, ge=0, description="0: by database.")
    timezone: str = "UTC"
    twilio_account_sid: str = ""
    twilio_auth_token: CommaList = ()
    twilio_api_url: str = ""
    caller_id: str = ""
    dial_countries: CommaList = ()
    egress_allow: CommaList = ()
    forward_number: str = Field(default="", description="Where calls go when nothing else works.")
    secret_key: str = ""
    log_level: str = "INFO"
    call_silence: float = Field(
        default=4 * 3600,
        gt=0,
        le=7 * 86_400,
        description="Seconds without news before a call is asked after.",
    )
    api_starts_per_second: int = Field(default=10, ge=1, description="Flow starts by one key.")
    api_running_per_key: int = Field(default=50, ge=1, description="Its executions at one time.")

    after_call_work: float = Field(
        default=0, ge=0, le=3600, description="Seconds an agent has after a conversation."
    )
    dispositions: CommaList = Field(
        default=(), description="What agents may choose; any text if none."
    )

    keep_recordings_days: int = Field(default=0, ge=0, description="0: for ever.")
    keep_messages_days: int = Field(default=0, ge=0, description="0: for ever.")
    keep_histories_days: int = Field(default=0, ge=0, description="0: for ever.")
    keep_surveys_days: int = Field(default=0, ge=0, description="0: for ever.")
    keep_desk_days: int = Field(default=400, ge=0, description="0: for ever.")
    delete_carrier_recordings: bool = Field(
        default=True, description="The carrier's copy goes once ours is verified."
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(
                f"{value!r} is no time zone; write one such as Europe/Lisbon"
            ) from None
        return value

    @field_validator("port")
    @classmethod
    def _possible_port(cls, value: int) -> int:
        if value not in PORTS:
            raise ValueError("a port is 1 to 65535")
        return value

    @field_validator("public_url", "twilio_api_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            complete = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError:  # a port that is no number, brackets that do not close
            complete = False
        if value and not complete:
            raise ValueError("give an absolute address such as https://calls.example.com")
        if parts.query or parts.fragment:
            raise ValueError("give it without ? and #")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        known = ("sqlite:///", "postgresql+psycopg://", "postgresql://", "postgres://")
        if value and not value.startswith(known):
            raise ValueError("give sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME")
        _, rest = value.split("://", 1) if value else ("", "")
        return f"postgresql+psycopg://{rest}" if value.startswith("postgres") else value

    @field_validator("dial_countries")
    @classmethod
    def _known_countries(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        DialRules(frozenset(value))
        return value

    @field_validator("egress_allow")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        HostList.parse(value)
        return value

    @field_validator("dispositions")
    @classmethod
    def _short_words(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(len(word) > DISPOSITION for word in value):
            raise ValueError(f"a disposition has at most {DISPOSITION} characters")
        return tuple(" ".join(word.split()) for word in value)

    @field_validator("caller_id", "forward_number")
    @classmethod
    def _telephone_number(cls, value: str) -> str:
        if value and not _NUMBER.fullmatch(value):
            raise ValueError(f"{value!r} is no number; write it as +15550100001")
        return value

    @field_validator("secret_key")
    @classmethod
    def _whole_key(cls, value: str) -> str:
        if value and not _KEY.fullmatch(value):
            raise ValueError("give 64 hex digits, such as `openssl rand -hex 32` prints")
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in _LEVELS:
            raise ValueError(f"give one of {', '.join(_LEVELS)}")
        return value.upper()

    @model_validator(mode="after")
    def _safe_bind(self) -> "Settings":
        if not self.twilio_auth_token and not _is_loopback(self.host):
            raise ValueError(
                "HOST is not loopback but TWILIO_AUTH_TOKEN is not set: "
                "without it anybody could send calls; set it or bind 127.0.0.1"
            )
        if self.twilio_auth_token and not self.twilio_account_sid:
            raise ValueError("TWILIO_ACCOUNT_SID is needed with TWILIO_AUTH_TOKEN")
        return self

    @property
    def development(self) -> bool:
        """Whether webhooks need no signature; only ever on loopback."""
        return not self.twilio_auth_token

    @cached_property
    def base_url(self) -> str:
        """The address the outside knows this server by, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @cached_property
    def database(self) -> str:
        """The database's URL, SQLite under the data directory when none was given."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'linewalk.db'}"

    @property
    def silence(self) -> timedelta:
        """How long a call may be silent before the carrier is asked about it."""
        return timedelta(seconds=self.call_silence)

    @property
    def periods(self) -> Periods:
        """How long each kind of thing is kept."""
        return Periods(
            recordings=self.keep_recordings_days,
            messages=self.keep_messages_days,
            histories=self.keep_histories_days,
            surveys=self.keep_surveys_days,
            desk=self.keep_desk_days,
        )

    @property
    def workers(self) -> int:
        """How many web processes to run: SQLite has one writer at a time, so one."""
        on_sqlite = self.database.startswith("sqlite")
        return self.web_concurrency or (1 if on_sqlite else min(4, os.cpu_count() or 1))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings(**given: Any) -> Settings:
    """Read the environment; `given` values win.

    Raises:
        BadSettings: one line that names the setting and what is wrong with it.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        found = error.errors()[0]
        name = str(found["loc"][0]).upper() + ": " if found["loc"] else ""
        text = found["msg"].removeprefix("Value error, ")
        raise BadSettings(f"{name}{text}") from None
