"""The settings of outgoing calls; docs/outbound.md says what they mean."""

from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings

from desk.call_limits import IN_ALL, PER_KEY
from desk.hours_text import parse_hours
from desk.limits_text import parse_limits
from desk.tariff import Tariff, parse_tariff
from runner.policy import FREEZE_AFTER, Policy

FASTEST = 1_000
"""Calls per second that no carrier's account reaches."""


class OutboundSettings(BaseSettings):
    """What the operator can set about outgoing calls."""

    timezone: str = "UTC"
    calling_hours: str = Field(default="", description="Off when empty.")
    calls_per_second: float = Field(default=1.0, gt=0, le=FASTEST)
    call_limits_per_key: str = Field(default="", description="What is not named stays as it is.")
    call_limits_in_all: str = Field(default="", description="What is not named stays as it is.")
    freeze_keys_after: int = Field(
        default=FREEZE_AFTER, ge=0, description="Calls refused within an hour; 0: never."
    )
    call_tariff: Path | None = Field(default=None, description="Prices per minute, CSV.")

    @field_validator("calling_hours")
    @classmethod
    def _opening_hours(cls, value: str) -> str:
        parse_hours(value)
        return value

    @field_validator("call_limits_per_key")
    @classmethod
    def _of_a_key(cls, value: str) -> str:
        parse_limits(value, PER_KEY)
        return value

    @field_validator("call_limits_in_all")
    @classmethod
    def _of_all(cls, value: str) -> str:
        parse_limits(value, IN_ALL)
        return value

    @field_validator("call_tariff")
    @classmethod
    def _readable(cls, value: Path | None) -> Path | None:
        _tariff(value)
        return value

    @model_validator(mode="after")
    def _priced(self) -> "OutboundSettings":
        limits = self.outbound
        spends = (limits.per_key.spend_per_day, limits.in_all.spend_per_day)
        if spends != (None, None) and self.call_tariff is None:
            raise ValueError(
                "CALL_TARIFF is needed for spend_per_day: what calls cost stands there"
            )
        return self

    @cached_property
    def outbound(self) -> Policy:
        """What outgoing calls may do, put together."""
        return Policy(
            parse_hours(self.calling_hours),
            ZoneInfo(self.timezone),
            self.calls_per_second,
            parse_limits(self.call_limits_per_key, PER_KEY),
            parse_limits(self.call_limits_in_all, IN_ALL),
            _tariff(self.call_tariff),
            self.freeze_keys_after,
        )


def _tariff(path: Path | None) -> Tariff:
    if path is None:
        return Tariff()
    try:
        return parse_tariff(path.read_text("utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: this is not UTF-8 text") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
