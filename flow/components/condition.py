"""`condition`: takes the first branch whose tests hold."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from flow.branching import distinct, exit_problems
from flow.component import Component, Leave
from flow.context import Context
from flow.language.conditions import Test, holds


class Branch(BaseModel):
    """One way on: it is taken when all (or any) of its tests hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    exit: str = Field(min_length=1, description="The exit it leads to.")
    match: Literal["all", "any"] = Field(
        default="all", description="Whether all tests must hold, or any one."
    )
    when: tuple[Test, ...] = Field(min_length=1, description="Tests: value, op, to.")

    def holds(self, context: Context) -> bool:
        """Say whether this branch is to be taken."""
        found = (holds(test, context) for test in self.when)
        return all(found) if self.match == "all" else any(found)


class Condition(Component):
    """Choose the way on by comparing values."""

    EXITS: ClassVar[tuple[str, ...]] = ("no_match",)
    FALLBACK: ClassVar[str] = "no_match"
    STORES: ClassVar[tuple[str, ...]] = ("exit",)

    component: Literal["condition"]
    branches: tuple[Branch, ...] = Field(min_length=1, description="Tried from first to last.")

    def exit_names(self) -> tuple[str, ...]:
        """One exit per branch, then `no_match`."""
        return (*distinct(branch.exit for branch in self.branches), *self.EXITS)

    def problems(self) -> list[tuple[str, str]]:
        """Find branches that are called like a fixed exit."""
        return exit_problems("branches", [branch.exit for branch in self.branches], self.EXITS)

    def start(self, context: Context) -> Leave:
        """Leave by the first branch that holds, else by `no_match`."""
        chosen = next((b.exit for b in self.branches if b.holds(context)), "no_match")
        return Leave(chosen, {"exit": chosen})
