"""The rule that keeps secret inputs, variables and digits out of everything but other systems."""

from collections.abc import Iterator

from flow.language.check.library import Library
from flow.language.check.modules import module_of
from flow.language.check.reading import Template, templates_of
from flow.language.parse import Parsed
from flow.language.problem import Problem

_MAY_SEND = ("http_request", "run_function")


def secret_use(document: Parsed, library: Library) -> Iterator[Problem]:
    """What is secret is read only in the fields of steps that hand it to another system."""
    secrets = _secrets(document)
    for found in templates_of(document):
        if _may_read(document, library, found):
            continue
        for path in found.names:
            if any(_covers(path, secret) for secret in secrets):
                message = (
                    f"{'.'.join(path)} holds a secret; it can only be used in the fields of "
                    f"{' and '.join(_MAY_SEND)}"
                )
                yield document.problem(message, found.step, found.path)


def _secrets(document: Parsed) -> list[tuple[str, ...]]:
    header = document.header
    declared = [("inputs", name) for name, field in header.inputs.items() if field.secret]
    declared += [("vars", name) for name, field in header.variables.items() if field.secret]
    steps = [
        ("steps", name)
        for name, step in document.steps.items()
        if getattr(step, "secret", False) is True
    ]
    return [*declared, *steps]


def _covers(path: tuple[str, ...], secret: tuple[str, ...]) -> bool:
    # `steps` alone, or with a name known only at run time, may read the secret too.
    shared = min(len(path), len(secret))
    return path[:shared] == secret[:shared]


def _may_read(document: Parsed, library: Library, found: Template) -> bool:
    if not found.step or found.path[:1] == ("save",):
        return False
    if document.component(found.step) in _MAY_SEND:
        return True
    step = document.steps.get(found.step)
    module = module_of(step, library) if step else None
    if module is None or len(found.path) < 2 or found.path[0] != "inputs":  # noqa: PLR2004  inputs and a name
        return False
    declared = module.inputs.get(str(found.path[1]))
    return declared is not None and declared.secret
