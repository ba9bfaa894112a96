"""`time_rules`: takes an exit by the day of the week and the time of day."""

from datetime import datetime, timedelta
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from flow.branching import distinct, exit_problems, local_now, zone_problems
from flow.component import Component, Leave
from flow.context import Context
from flow.language.schedules import MINUTES_PER_DAY, Days, TimeOfDay

Hours = Literal["in", "out"]


class Rule(BaseModel):
    """One range of wall-clock time on some days; `to` is not in it.

    A range whose end lies before its beginning runs past midnight; `days` are then the days on
    which it begins. Where the clocks change, what a wall clock shows decides.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    exit: str = Field(min_length=1, description="The exit it leads to.")
    days: Days = Field(
        default=tuple(range(7)),
        description="mon-fri, weekend, or a list; the days on which the range begins.",
        json_schema_extra={"default": "daily"},
    )
    begins: TimeOfDay = Field(
        default=0,
        alias="from",
        description="The first minute, as 09:00.",
        json_schema_extra={"default": "00:00"},
    )
    ends: TimeOfDay = Field(
        default=MINUTES_PER_DAY,
        alias="to",
        description="The first minute after it, as 17:30.",
        json_schema_extra={"default": "24:00"},
    )
    business_hours: Hours | None = Field(
        default=None, description="What the reports say about a walk that took this rule."
    )

    def covers(self, now: datetime) -> bool:
        """Say whether a wall-clock time lies in the range."""
        minute = now.hour * 60 + now.minute
        today, yesterday = now.weekday(), (now - timedelta(days=1)).weekday()
        if self.begins < self.ends:
            return today in self.days and self.begins <= minute < self.ends
        return (today in self.days and minute >= self.begins) or (
            yesterday in self.days and minute < self.ends
        )


class TimeRules(Component):
    """Choose the way on by day of the week and time of day."""

    EXITS: ClassVar[tuple[str, ...]] = ("no_match",)
    FALLBACK: ClassVar[str] = "no_match"
    STORES: ClassVar[tuple[str, ...]] = ("exit", "business_hours")

    component: Literal["time_rules"]
    timezone: str = Field(default="", description="Default: the flow's; may be a template.")
    rules: tuple[Rule, ...] = Field(min_length=1, description="Tried from first to last.")

    def exit_names(self) -> tuple[str, ...]:
        """One exit per rule, then `no_match`."""
        return (*distinct(rule.exit for rule in self.rules), *self.EXITS)

    def problems(self) -> list[tuple[str, str]]:
        """Find fixed exits, empty ranges, and a zone that does not exist."""
        found = exit_problems("rules", [rule.exit for rule in self.rules], self.EXITS)
        found += [
            (f"rules.{index}", "from and to are the same; leave both out for the whole day")
            for index, rule in enumerate(self.rules)
            if rule.begins == rule.ends
        ]
        return found + zone_problems(self.timezone)

    def start(self, context: Context) -> Leave:
        """Leave by the first rule that covers this moment, else by `no_match`."""
        now = local_now(context, self.timezone)
        rule = next((rule for rule in self.rules if rule.covers(now)), None)
        hours = rule.business_hours if rule else self._otherwise()
        chosen = rule.exit if rule else "no_match"
        changes = {"business_hours": hours} if hours else {}
        return Leave(chosen, {"exit": chosen, "business_hours": hours or ""}, changes=changes)

    def _otherwise(self) -> Hours | None:
        # Where every marked rule says the same, matching none of them means the other.
        marks = {rule.business_hours for rule in self.rules if rule.business_hours}
        if len(marks) != 1:
            return None
        return "out" if marks == {"in"} else "in"
