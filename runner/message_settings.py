"""The settings of SMS and WhatsApp; docs/messages.md says what they mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from desk.limits_text import parse_limits
from desk.opting_out import Words, words
from desk.outreach import IN_ALL, PER_KEY, MessageLimits
from runner.setting_kinds import CommaList

FASTEST = 1_000.0
"""Messages per second that no sender has."""

_USUAL: Mapping[str, float] = {"sms": 1.0, "whatsapp": 80.0}
"""What a sender may send when nobody asked for more: a long code, a WhatsApp number."""

_SENDER = re.compile(r"(?:whatsapp:)?\+[1-9]\d{6,14}|\d{3,8}")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages per second: by channel, and by sender where it has a rate of its own."""

    usual: Mapping[str, float] = field(default_factory=lambda: dict(_USUAL))
    senders: Mapping[str, float] = field(default_factory=dict)

    def of(self, channel: str, address: str) -> float:
        """Give the rate of one of our addresses."""
        name = f"whatsapp:{address}" if channel == "whatsapp" else address
        return self.senders.get(name, self.usual[channel])


def parse_rates(text: str) -> Rates:
    """Read `2, whatsapp=40, +15550100001=25, 12345=100, whatsapp:+15550100002=10`.

    A number alone is for every SMS sender that is not named.

    Raises:
        ValueError: the text says what is wrong and how to write it.
    """
    usual, senders = dict(_USUAL), {}
    for part in (part.strip() for part in text.split(",")):
        name, mark, value = (piece.strip() for piece in part.rpartition("="))
        if not part:
            continue
        if not mark or name in usual:
            usual[name or "sms"] = _rate(value)
        elif _SENDER.fullmatch(name):
            senders[name] = _rate(value)
        else:
            raise ValueError(f"{name!r} is no sender; write +15550100001=25 or 12345=100")
    return Rates(usual, senders)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate <= FASTEST:
        raise ValueError(f"{text!r} is no rate; give messages per second, up to {FASTEST:g}")
    return rate


class MessageSettings(BaseSettings):
    """What the operator can set about SMS and WhatsApp."""

    messages_per_second: str = Field(default="", description="By sender; 1 for SMS when empty.")
    messaging_service_sid: str = Field(default="", description="The carrier's, for SMS.")
    message_limits_per_key: str = Field(default="", description="What is not named stays.")
    message_limits_in_all: str = Field(default="", description="What is not named stays.")
    opt_out_words: CommaList = Field(
        default=(), description="Opt-out words besides the usual ones."
    )
    opt_in_words: CommaList = Field(default=(), description="Words that take an opt-out back.")
    help_words: CommaList = Field(default=(), description="Words that ask who writes.")
    carrier_opt_outs: str = Field(
        default="", description="SMS senders at which the carrier itself answers STOP."
    )
    delete_carrier_media: bool = Field(
        default=True, description="The carrier's copy of a file goes once ours is kept."
    )

    @field_validator("messages_per_second")
    @classmethod
    def _possible_rates(cls, value: str) -> str:
        parse_rates(value)
        return value

    @field_validator("messaging_service_sid")
    @classmethod
    def _a_service(cls, value: str) -> str:
        if value and not _SERVICE.fullmatch(value):
            raise ValueError("a messaging service is MG and 32 hex digits")
        return value

    @field_validator("carrier_opt_outs")
    @classmethod
    def _senders(cls, value: str) -> str:
        _listed(value)
        return value

    @field_validator("message_limits_per_key")
    @classmethod
    def _of_one_key(cls, value: str) -> str:
        parse_limits(value, PER_KEY)
        return value

    @field_validator("message_limits_in_all")
    @classmethod
    def _of_all_keys(cls, value: str) -> str:
        parse_limits(value, IN_ALL)
        return value

    @cached_property
    def message_limits(self) -> tuple[MessageLimits, MessageLimits]:
        """How many messages one API key may begin, and all together."""
        return (
            parse_limits(self.message_limits_per_key, PER_KEY),
            parse_limits(self.message_limits_in_all, IN_ALL),
        )

    @cached_property
    def message_rates(self) -> Rates:
        """How many messages a second may leave from each of our senders."""
        return parse_rates(self.messages_per_second)

    @cached_property
    def wish_words(self) -> Words:
        """The operator's own words for opting out, in and for help."""
        return words(self.opt_out_words, self.opt_in_words, self.help_words)

    def carrier_confirms(self, address: str) -> bool:
        """Say whether the carrier itself answers STOP, START and HELP at one of our SMS senders.

        Where nothing is set it does for long numbers, as it does by itself, not for short codes.
        """
        if not self.carrier_opt_outs:
            return address.startswith("+")
        return address in _listed(self.carrier_opt_outs)


def _listed(text: str) -> frozenset[str]:
    """Read `none`, or senders with commas between them.

    Raises:
        ValueError: one is no sender.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if parts == ["none"]:
        return frozenset()
    for part in parts:
        if not _SENDER.fullmatch(part) or part.startswith("whatsapp:"):
            raise ValueError(f"{part!r} is no sender; write none, or +15550100001,12345")
    return frozenset(parts)
