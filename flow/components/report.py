"""`report`: labels the run for the reports."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from flow.component import Component, Leave
from flow.context import Context
from flow.effects import ReportLabel


class Report(Component):
    """Label this run for the reports: ring group, outcome, figures."""

    FALLBACK: ClassVar[str] = "done"

    component: Literal["report"]
    ring_group: str = Field(default="", description="The ring group it counts for; a template.")
    outcome: str = Field(default="", description="How it ended, in the owner's words; a template.")
    kpis: dict[str, float | str] = Field(
        default_factory=dict, description="Figure to its number, or a template that gives one."
    )

    @model_validator(mode="after")
    def _something(self) -> "Report":
        if not (self.ring_group or self.outcome or self.kpis):
            raise ValueError("give ring_group, outcome or kpis")
        return self

    def start(self, context: Context) -> Leave:
        """Write the labels down and go on; empty ones are not written."""
        return Leave("done", facts=tuple(self._labels(context)))

    def _labels(self, context: Context) -> Iterator[ReportLabel]:
        for name, template in (("ring_group", self.ring_group), ("outcome", self.outcome)):
            value = context.render(template).strip()
            if value:
                yield ReportLabel(name, value)
        for name, figure in self.kpis.items():
            yield ReportLabel(name, context.number(figure, f"kpis.{name}"))
