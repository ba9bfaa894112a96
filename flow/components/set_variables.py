"""`set_variables`: gives variables new values."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from flow.component import Component, Leave
from flow.context import Context
from flow.variables import typed


class SetVariables(Component):
    """Give variables new values, converted to their declared types."""

    FALLBACK: ClassVar[str] = "done"

    component: Literal["set_variables"]
    values: dict[str, Any] = Field(
        min_length=1,
        description="Name to value; templates see the variables as they were before the step.",
    )

    def start(self, context: Context) -> Leave:
        """Work out all values, then set them together; one that fails sets none."""
        values = typed(context.flow, context.evaluate(self.values))
        return Leave("done", changes={"vars": values})
