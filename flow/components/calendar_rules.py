"""`calendar_rules`: takes an exit by the date: the author's own days, then public holidays."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, ClassVar, Literal

import holidays
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from flow.branching import distinct, exit_problems, local_now, zone_problems
from flow.component import Component, Leave
from flow.context import Context
from flow.language.schedules import Day

_YEARLY_LENGTH = len("12-24")


class Span(BaseModel):
    """Some days in a row, both ends included; without years they return every year."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    first: Day = Field(alias="from", description="The first day.")
    last: Day = Field(alias="to", description="The last day, included.")

    @model_validator(mode="after")
    def _alike(self) -> "Span":
        if len(self.first) != len(self.last):
            raise ValueError("give both ends with a year, or both without")
        if len(self.first) > _YEARLY_LENGTH and self.last < self.first:
            raise ValueError("the range ends before it begins")
        return self

    def covers(self, today: str, *, yearly: bool) -> bool:
        """Say whether a day (ISO) is in the range; a yearly one may run past New Year."""
        if not yearly and len(self.first) > _YEARLY_LENGTH:
            return self.first <= today <= self.last
        first, last, day = self.first[-5:], self.last[-5:], today[-5:]
        return first <= day <= last if first <= last else day >= first or day <= last


class Rule(BaseModel):
    """Some dates and ranges that lead to one exit; `yearly` lets the year not count."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    exit: str = Field(min_length=1, description="The exit it leads to.")
    name: str = Field(default="", description="What the day is called; stored as `name`.")
    dates: tuple[Day, ...] = Field(default=(), description="2026-12-24, or 12-24 every year.")
    ranges: tuple[Span, ...] = Field(default=(), description="{from, to}, both included.")
    yearly: bool = Field(default=False, description="The years of its dates do not count.")

    @model_validator(mode="after")
    def _some_day(self) -> "Rule":
        if not (self.dates or self.ranges):
            raise ValueError("give dates or ranges")
        return self

    def covers(self, today: str) -> bool:
        """Say whether a day (ISO) is one of the rule's."""
        return any(_same_day(day, today, yearly=self.yearly) for day in self.dates) or any(
            span.covers(today, yearly=self.yearly) for span in self.ranges
        )


def _same_day(day: str, today: str, *, yearly: bool) -> bool:
    return day == today or ((yearly or len(day) == _YEARLY_LENGTH) and day[-5:] == today[-5:])


class Holidays(BaseModel):
    """The public holidays of a country, or of one of its regions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: str = Field(description="ISO 3166-1 code, such as PT.")
    region: Annotated[str, BeforeValidator(str)] = Field(
        default="", description="ISO 3166-2 code of a region, without the country."
    )
    exit: str = Field(default="holiday", min_length=1, description="The exit taken on a holiday.")

    def name_of(self, today: date) -> str:
        """Give the name of the holiday on a day, empty when it is none."""
        return _of_year(self.country, self.region, today.year).get(today, "")


@lru_cache(maxsize=256)
def _of_year(country: str, region: str, year: int) -> Mapping[date, str]:
    found = holidays.country_holidays(country.upper(), subdiv=region or None, years=year)
    return dict(found.items())


class CalendarRules(Component):
    """Choose the way on by date: special days first, then public holidays."""

    EXITS: ClassVar[tuple[str, ...]] = ("no_match",)
    FALLBACK: ClassVar[str] = "no_match"
    STORES: ClassVar[tuple[str, ...]] = ("exit", "name")

    component: Literal["calendar_rules"]
    timezone: str = Field(default="", description="Default: the flow's; may be a template.")
    rules: tuple[Rule, ...] = Field(default=(), description="Tried from first to last.")
    holidays: Holidays | None = Field(default=None, description="Tried after the rules.")

    @model_validator(mode="after")
    def _something(self) -> "CalendarRules":
        if not self.rules and self.holidays is None:
            raise ValueError("give rules, holidays or both")
        return self

    def _exits(self) -> list[str]:
        return [rule.exit for rule in self.rules]

    def exit_names(self) -> tuple[str, ...]:
        """One exit per rule, the holidays' (default `holiday`), then `no_match`."""
        public = [self.holidays.exit] if self.holidays else []
        return (*distinct([*self._exits(), *public]), *self.EXITS)

    def problems(self) -> list[tuple[str, str]]:
        """Find fixed exits, and countries, regions and zones that do not exist."""
        found = exit_problems("rules", self._exits(), self.EXITS) + zone_problems(self.timezone)
        if self.holidays is None:
            return found
        if self.holidays.exit in {*self.EXITS, "error"}:
            found.append(("holidays.exit", f"{self.holidays.exit!r} is a fixed exit"))
        regions = holidays.list_supported_countries().get(self.holidays.country.upper())
        if regions is None:
            found.append(("holidays.country", "unknown country; write a code such as PT or US"))
        elif self.holidays.region and self.holidays.region not in regions:
            known = ", ".join(regions) or "none"
            found.append(("holidays.region", f"unknown region; {known} are known"))
        return found

    def start(self, context: Context) -> Leave:
        """Leave by the first rule of today, by a public holiday, else by `no_match`."""
        today = local_now(context, self.timezone).date()
        rule = next((rule for rule in self.rules if rule.covers(today.isoformat())), None)
        if rule:
            return _left(rule.exit, rule.name)
        name = self.holidays.name_of(today) if self.holidays else ""
        if self.holidays and name:
            return _left(self.holidays.exit, name)
        return _left("no_match", "")


def _left(chosen: str, name: str) -> Leave:
    return Leave(chosen, {"exit": chosen, "name": name})
