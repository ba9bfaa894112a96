"""`wait`: lets time pass."""

import re
from datetime import datetime, time, timedelta
from math import ceil
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from flow import limits
from flow.component import Component, Leave, Need, Outcome
from flow.component import Wait as Waiting
from flow.context import Context
from flow.effects import StartTimer
from flow.errors import StepError
from flow.events import Continued, Event, TimerFired
from flow.instructions import Instruction, Music, Pause, Proceed
from flow.language.durations import Duration
from flow.language.templates import is_template

_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


class Wait(Component):
    """Let time pass: on a call at most a minute of music or silence, else as long as you like."""

    FALLBACK: ClassVar[str] = "done"
    WAITS: ClassVar[bool] = True

    component: Literal["wait"]
    duration: Duration | None = Field(
        default=None, alias="for", gt=0, description="How long; longer than 60 s is cut on a call."
    )
    until: str | None = Field(
        default=None,
        min_length=1,
        description="A time of day (its next occurrence) or an ISO time; may be a template.",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> "Wait":
        if (self.duration is None) == (self.until is None):
            raise ValueError("give exactly one of for, until")
        return self

    def problems(self) -> list[tuple[str, str]]:
        """Find an `until` that is no time."""
        if self.until is None or is_template(self.until) or _TIME_OF_DAY.fullmatch(self.until):
            return []
        try:
            datetime.fromisoformat(self.until)
        except ValueError:
            return [("until", "write a time of day as 17:30, or 2026-12-24T17:30")]
        return []

    def start(self, context: Context) -> Outcome:
        """Begin to wait; a time that has passed is not waited for."""
        left = self.duration if self.duration is not None else self._until(context)
        if left <= 0:
            return Leave("done")
        if not context.live:
            return Need(StartTimer(context.effect_id(), context.at + timedelta(seconds=left)))
        seconds = min(ceil(left), limits.WAIT_ON_CALL)
        music = context.flow.music or context.root.music
        heard: Instruction = Music(music, seconds) if music else Pause(seconds)
        return Waiting((heard, Proceed()))

    def resume(self, context: Context, event: Event) -> Leave:
        """The time is over."""
        if not isinstance(event, Continued | TimerFired):
            raise StepError(f"a wait is not ended by {type(event).__name__}")
        return Leave("done")

    def _until(self, context: Context) -> float:
        text = context.render(self.until or "").strip()
        found = _TIME_OF_DAY.fullmatch(text)
        due = _next(context.now, int(found[1]), int(found[2])) if found else _moment(text, context)
        return (due - context.at).total_seconds()


def _next(now: datetime, hour: int, minute: int) -> datetime:
    today = datetime.combine(now.date(), time(hour, minute), tzinfo=now.tzinfo)
    # Times of one zone compare by the wall clock, whatever the clocks' change makes of them.
    return today if today >= now else today + timedelta(days=1)


def _moment(text: str, context: Context) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise StepError("until is no time; write 17:30 or 2026-12-24T17:30") from None
    return found if found.tzinfo else found.replace(tzinfo=context.timezone)
