"""Every rule of `check`: the table of contents of this folder."""

from collections.abc import Callable, Iterator

from flow.language.check import (
    calls,
    fields,
    header,
    mailing,
    modules,
    presence,
    references,
    secrets,
    templates,
)
from flow.language.check.library import Library
from flow.language.parse import Parsed
from flow.language.problem import Problem

ALONE: tuple[Callable[[Parsed], Iterator[Problem]], ...] = (
    Parsed.malformed,
    header.timezone,
    header.music,
    header.defaults,
    header.module_only,
    references.start,
    references.names,
    references.dangling_exit,
    references.unknown_exit,
    references.missing_exit,
    references.unreachable_step,
    fields.component_problems,
    mailing.attached_steps,
    templates.parses,
    templates.known_names,
    templates.unused_variable,
    calls.allowed_type,
    calls.late_auto_answer,
    modules.return_exit,
)
"""The rules that look at one document."""

TOGETHER: tuple[Callable[[Parsed, Library], Iterator[Problem]], ...] = (
    header.duplicate_flow,
    secrets.secret_use,
    presence.somebody_there,
    calls.after_call,
    calls.endless_loop,
    modules.run_module,
    modules.recursion,
)
"""The rules that also ask what other documents there are."""
