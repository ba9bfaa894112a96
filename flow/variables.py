"""Fills the inputs and variables of a flow, and carries results between steps and modules."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flow import kinds
from flow.component import Component
from flow.context import Context
from flow.errors import StepError
from flow.flow import Flow


def fill_inputs(flow: Flow, given: Mapping[str, Any]) -> dict[str, Any]:
    """Check and convert what was given for the declared inputs, with defaults for the rest.

    Raises:
        StepError: one is missing, unknown or of the wrong type.
    """
    unknown = sorted(set(given) - set(flow.inputs))
    if unknown:
        raise StepError(f"{flow.slug} has no input {unknown[0]!r}")
    filled: dict[str, Any] = {}
    for name, field in flow.inputs.items():
        value = kinds.coerce(given.get(name), field.type, f"inputs.{name}")
        if value is None:
            value = field.default if field.default is not None else kinds.empty(field.type)
            if field.required and field.default is None:
                raise StepError(f"inputs.{name} is required")
        filled[name] = value
    return filled


def misfits(flow: Flow, given: Mapping[str, Any]) -> dict[str, str]:
    """Find everything that is wrong with what was given for the declared inputs, by its name."""
    unknown = sorted(set(given) - set(flow.inputs))
    found = dict.fromkeys(unknown, f"{flow.slug} has no such input")
    for name in flow.inputs:
        alone = replace(flow, inputs={name: flow.inputs[name]})
        try:
            fill_inputs(alone, {name: given[name]} if name in given else {})
        except StepError as error:
            found[name] = str(error).removeprefix(f"inputs.{name} ")
    return found


def fill_variables(flow: Flow, context: Context) -> dict[str, Any]:
    """Give every declared variable its default; a default may be a template.

    Raises:
        StepError: a default does not render or fit its type.
    """
    filled: dict[str, Any] = {}
    for name, field in flow.variables.items():
        default = context.evaluate(field.default)
        value = kinds.coerce(default, field.type, f"vars.{name}")
        filled[name] = kinds.empty(field.type) if value is None else value
    return filled


def typed(flow: Flow, values: Mapping[str, Any]) -> dict[str, Any]:
    """Convert values to the declared types of their variables; undeclared ones stay as they are.

    Raises:
        StepError: one does not fit.
    """
    declared = flow.variables
    return {
        name: kinds.coerce(value, declared[name].type, f"vars.{name}")
        if name in declared
        else value
        for name, value in values.items()
    }


def saved(component: Component, context: Context, result: Mapping[str, Any]) -> dict[str, Any]:
    """Work out the variables that a step's `save` sets from its result.

    Raises:
        StepError: a template fails or a value does not fit the variable's type.
    """
    if not component.save:
        return {}
    return typed(context.flow, context.evaluate(component.save, result=result))


def module_outputs(context: Context) -> dict[str, Any]:
    """Render what a module declares as its outputs, at the moment it returns.

    Raises:
        StepError: a template fails.
    """
    found: dict[str, Any] = context.evaluate(dict(context.flow.outputs))
    return found
