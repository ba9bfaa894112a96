"""`split`: sends a share of the contacts each way."""

from itertools import accumulate
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from flow.branching import distinct, exit_problems
from flow.component import Component, Leave
from flow.context import Context
from flow.errors import StepError

_HEAVIEST = 1_000_000

Weight = Annotated[int, Field(ge=1, le=_HEAVIEST)]


class Branch(BaseModel):
    """One way on and its share: the weight, out of the weights of all enabled branches."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    exit: str = Field(min_length=1, description="The exit it leads to.")
    weight: Weight | str = Field(default=1, description="1 to 1,000,000; may be a template.")
    enabled: bool = Field(default=True, description="A branch that is off gets nobody.")


class Split(Component):
    """Send a share of the contacts each way."""

    EXITS: ClassVar[tuple[str, ...]] = ()
    STORES: ClassVar[tuple[str, ...]] = ("exit",)

    component: Literal["split"]
    branches: tuple[Branch, ...] = Field(
        min_length=1, description="The ways on, each with a share."
    )
    by: Literal["contact", "random"] = Field(
        default="contact", description="contact: the same person always goes the same way."
    )

    def _enabled(self) -> list[Branch]:
        return [branch for branch in self.branches if branch.enabled]

    def exit_names(self) -> tuple[str, ...]:
        """One exit per branch."""
        return distinct(branch.exit for branch in self.branches)

    def fallback(self) -> str:
        """The first enabled branch; nobody is lost over a weight that does not render."""
        return next((branch.exit for branch in self._enabled()), "")

    def problems(self) -> list[tuple[str, str]]:
        """Find fixed exits, and a split that has no branch left."""
        found = exit_problems("branches", [branch.exit for branch in self.branches])
        if not self._enabled():
            found.append(("branches", "enable at least one branch"))
        return found

    def start(self, context: Context) -> Leave:
        """Draw, and leave by the branch that was drawn."""
        enabled = self._enabled()
        bounds = list(accumulate(_weight(context, branch) for branch in enabled))
        if not bounds:
            raise StepError("no branch is enabled")
        drawn = context.chance(_person(context) if self.by == "contact" else "") * bounds[-1]
        chosen = next(b.exit for b, bound in zip(enabled, bounds, strict=True) if drawn < bound)
        return Leave(chosen, {"exit": chosen})


def _weight(context: Context, branch: Branch) -> float:
    if isinstance(branch.weight, int):
        return branch.weight
    weight = context.number(branch.weight, f"the weight of {branch.exit}")
    if not 1 <= weight <= _HEAVIEST:
        raise StepError(f"the weight of {branch.exit} must be 1 to {_HEAVIEST:,}")
    return weight


def _person(context: Context) -> str:
    # The number comes first: it is known from the first call on, an id only once it was looked up.
    contact = context.execution.contact
    return str(contact.get("number") or contact.get("email") or contact.get("id") or "")
