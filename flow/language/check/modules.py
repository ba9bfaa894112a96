"""Rules about modules: how they are entered, how they return, and that they come to an end."""

from collections.abc import Iterator

from flow.component import Component
from flow.language.check.library import Library, Module
from flow.language.check.paths import circles
from flow.language.nearest import did_you_mean, listed
from flow.language.parse import Parsed
from flow.language.problem import Problem
from flow.language.templates import is_template


def module_of(step: Component, library: Library) -> Module | None:
    """Find the module that a `run_module` step enters; None for other steps and unknown ones."""
    slug = getattr(step, "module", None)
    if step.component != "run_module" or not isinstance(slug, str) or is_template(slug):
        return None
    return library.module(slug, str(getattr(step, "version", "latest")))


def return_exit(document: Parsed) -> Iterator[Problem]:
    """A module returns by an exit it declares, and declares none that it never takes."""
    declared, taken = document.header.exits, set()
    for name, step in document.steps.items():
        if step.component != "return":
            continue
        exit_name = str(getattr(step, "exit", ""))
        taken.add(exit_name)
        if exit_name not in declared and "exits" not in document.unusable:
            near = did_you_mean(exit_name, declared) or f"; it declares {listed(declared)}"
            message = f"the module declares no exit {exit_name!r}{near}"
            yield document.problem(message, name, ("exit",))
    if document.type == "module":
        for index, exit_name in enumerate(declared):
            if exit_name not in taken:
                message = f"no step returns by {exit_name!r}"
                yield document.problem(message, path=("exits", index), severity="warning")


def run_module(document: Parsed, library: Library) -> Iterator[Problem]:
    """A module that is entered exists and gets and gives what it declares."""
    for name, step in document.steps.items():
        slug = getattr(step, "module", None)
        if step.component != "run_module" or not isinstance(slug, str) or is_template(slug):
            continue
        module = module_of(step, library)
        if module is None:
            known = [other.slug for other in library.documents if other.type == "module"]
            near = did_you_mean(slug, known)
            yield document.problem(f"there is no module {slug!r}{near}", name, ("module",))
        elif module.type and module.type != "module":
            message = f"{slug!r} is a flow of type {module.type}, not a module"
            yield document.problem(message, name, ("module",))
        else:
            yield from _inputs(document, name, step, module)
            yield from _ways_out(document, name, step, module)


def _inputs(document: Parsed, name: str, step: Component, module: Module) -> Iterator[Problem]:
    given = getattr(step, "inputs", {})
    for key in given:
        if key not in module.inputs:
            near = did_you_mean(key, module.inputs)
            message = f"{module.slug} has no input {key!r}{near}"
            yield document.problem(message, name, ("inputs", key))
    for local, output in getattr(step, "outputs", {}).items():
        if output not in module.outputs:
            near = did_you_mean(output, module.outputs) or f"; it has {listed(module.outputs)}"
            message = f"{module.slug} has no output {output!r}{near}"
            yield document.problem(message, name, ("outputs", local))
    for key, declared in module.inputs.items():
        if declared.required and declared.default is None and key not in given:
            message = f"{module.slug} requires the input {key!r}"
            yield document.problem(message, name, ("inputs",))


def _ways_out(document: Parsed, name: str, step: Component, module: Module) -> Iterator[Problem]:
    for exit_name in module.exits:
        if exit_name not in step.exits:
            message = f"{module.slug} may leave by {exit_name!r}, which is not connected"
            yield document.problem(message, name, ("exits",))
    for exit_name in step.exits:
        if exit_name not in (*module.exits, "error"):
            near = did_you_mean(exit_name, module.exits)
            message = f"{module.slug} has no exit {exit_name!r}{near}"
            yield document.problem(message, name, ("exits", exit_name))


def recursion(document: Parsed, library: Library) -> Iterator[Problem]:
    """A module that enters itself, directly or by others, is probably a mistake."""
    edges = {other.slug: _enters(other) for other in library.documents if other.slug}
    inside = next((group for group in circles(edges) if document.slug in group), ())
    for name, step in document.raw.items():
        if inside and document.component(name) == "run_module" and step.get("module") in inside:
            message = f"modules that enter each other ({' → '.join((*inside, inside[0]))})"
            yield document.problem(message, name, ("module",), severity="warning")


def _enters(document: Parsed) -> list[str]:
    found = []
    for name, step in document.raw.items():
        slug = step.get("module")
        if document.component(name) == "run_module" and isinstance(slug, str):
            found.append(slug)
    return found


_OPEN_OUTPUTS = ("lookup_contact", "update_contact")
"""The components that store whatever fields a contact has."""


def outputs_of(step: Component) -> tuple[str, ...] | None:
    """Name what a step stores; None when only the run knows."""
    if step.component in _OPEN_OUTPUTS:
        return None
    if step.component == "run_module":
        return tuple(getattr(step, "outputs", ()))
    return step.STORES
