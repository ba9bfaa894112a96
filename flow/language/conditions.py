"""The tests of a `condition`: a value, a typed operator, and what it is compared with.

Text is trimmed and compared without regard to case unless `case` is `exact`; what looks like a
number compares as a number; times and dates are read in the flow's zone. A blank `to` is part of
no text. Every operator has its negation, `not_…`.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, model_validator

from flow.context import Context
from flow.language.nearest import did_you_mean
from flow.language.operators import OPERATORS, Manner, as_text
from flow.language.patterns import matches_pattern, pattern_problem
from flow.language.templates import is_template

__all__ = ["NAMES", "Test", "holds", "matches_pattern", "pattern_problem"]

_NOT = "not_"
_OF_NOW = ("_time", "_date")

NAMES = tuple(name for operator in OPERATORS for name in (operator, _NOT + operator))
"""Every operator, each followed by its negation."""


def _known(name: str) -> str:
    if name not in NAMES:
        near = did_you_mean(name, NAMES) or f"; use one of {', '.join(OPERATORS)}, or not_…"
        raise ValueError(f"there is no operator {name!r}{near}")
    return name


_Name = Annotated[
    str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(NAMES)})
]


class Test(BaseModel):
    """One test of a condition: `value op to`; without `value`, times and dates test now."""

    __test__ = False  # pytest would collect a class of this name

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Any = Field(default=None, description="What is looked at; a template.")
    op: _Name = Field(description="The operator, or not_ and the operator.")
    to: Any = Field(default=None, description="What it is compared with; a template.")
    case: Literal["ignore", "exact"] = Field(default="ignore", description="Whether case counts.")

    @model_validator(mode="after")
    def _sense(self) -> "Test":
        name = self.op.removeprefix(_NOT)
        if name != "is_blank" and self.to is None:
            raise ValueError(f"{self.op} needs `to`, which the value is compared with")
        if self.value is None and not name.endswith(_OF_NOW):
            raise ValueError(f"{self.op} needs a `value` to look at")
        if name == "regex" and not is_template(as_text(self.to)):
            reason = pattern_problem(as_text(self.to))
            if reason:
                raise ValueError(reason)
        return self


def holds(test: Test, context: Context) -> bool:
    """Say whether a test holds now.

    Raises:
        StepError: a template fails, or the values cannot be compared that way.
    """
    name = test.op.removeprefix(_NOT)
    value = context.now if test.value is None else context.evaluate(test.value)
    manner = Manner(test.case == "exact", context.timezone)
    found = OPERATORS[name](value, context.evaluate(test.to), manner)
    return found != test.op.startswith(_NOT)
