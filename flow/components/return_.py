"""`return`: ends a module by one of its exits."""

from typing import ClassVar, Literal

from pydantic import Field

from flow.component import Component
from flow.component import Return as Returned
from flow.context import Context


class Return(Component):
    """End this module; the flow that entered it goes on at the exit named here."""

    TYPES: ClassVar[tuple[str, ...]] = ("module",)
    EXITS: ClassVar[tuple[str, ...]] = ()

    component: Literal["return"]
    exit: str = Field(min_length=1, description="One of the exits the module declares.")

    def start(self, context: Context) -> Returned:
        """Give the word back to the flow that entered the module."""
        return Returned(self.exit)
