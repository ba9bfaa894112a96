"""Rules about flow types and calls: where a voice step makes sense and where it does not."""

from collections.abc import Iterator

from flow.component import Component
from flow.language.check.library import Library
from flow.language.check.modules import module_of
from flow.language.check.paths import circles, reachable
from flow.language.parse import Parsed
from flow.language.problem import Problem
from flow.who import KINDS

_BANNED_AFTER_CALL = ("assign_and_dial", "forward_call", "request_callback", "assign_agents")
"""The palette's list for a branch that begins when the agent has left."""

_AFTER = {"call_finished": "the call", "conversation_closed": "the conversation"}
"""The exits at which such a branch begins, and what is over there."""


def allowed_type(document: Parsed) -> Iterator[Problem]:
    """A component stands only in flows of the types that may use it."""
    if not document.type:
        return
    for name, step in document.steps.items():
        if document.type not in step.TYPES:
            allowed = ", ".join(step.TYPES)
            message = f"{step.component} cannot be used in {document.type} flows (only: {allowed})"
            yield document.problem(message, name, ("component",))


def late_auto_answer(document: Parsed) -> Iterator[Problem]:
    """In an outgoing call the agent is rung before the flow begins."""
    if document.type != "outgoing_call":
        return
    for name in document.raw:
        if document.component(name) == "auto_answer" and name != document.start:
            message = "the agent is rung before an outgoing_call flow begins: make it the start"
            yield document.problem(message, name, ("component",))


def after_call(document: Parsed, library: Library) -> Iterator[Problem]:
    """Nobody is dialled or queued again after the agent has left, in a module neither."""
    told: set[str] = set()
    for exit_name, over in _AFTER.items():
        starts = [document.exits(step).get(exit_name, "") for step in document.raw]
        for step in sorted(reachable(document, filter(None, starts)) - told):
            when = f"after {over} with the agent"
            message, path = _banned(document, step, (when, exit_name), library)
            if message:
                told.add(step)
                yield document.problem(message, step, (path,))


def _banned(
    document: Parsed, step: str, after: tuple[str, str], library: Library
) -> tuple[str, str]:
    """Say what is wrong with a step there, and in which field; empty when nothing is."""
    when, exit_name = after
    component = document.component(step)
    if component in _BANNED_AFTER_CALL:
        return f"{component} cannot be used {when} ({exit_name})", "component"
    if component == "record_message" and _is_for_agents(document.raw[step].get("deliver")):
        what = f"a voicemail {when} is not delivered to agents"
        return f"{what}: keep it, or give only deliver.email", "deliver"
    if step in document.steps and (inside := _banned_inside(document.steps[step], library)):
        return f"{inside}, which cannot be used {when}", "module"
    return "", ""


def _is_for_agents(deliver: object) -> bool:
    return isinstance(deliver, dict) and any(kind in deliver for kind in KINDS)


def _banned_inside(step: Component, library: Library) -> str:
    module = module_of(step, library)
    found = [n for n in _BANNED_AFTER_CALL if n in module.components] if module else []
    return f"{module.slug} has {' and '.join(found)}" if module and found else ""


def endless_loop(document: Parsed, library: Library) -> Iterator[Problem]:
    """A circle of steps waits somewhere, else it would run for ever."""
    busy = {name for name, step in document.steps.items() if not _waits(step, library)}
    edges = {
        name: [to for to in document.exits(name).values() if to in busy]
        for name in document.steps
        if name in busy
    }
    for group in circles(edges):
        circle = " → ".join((*group, group[0])) if len(group) < 6 else f"{len(group)} steps"  # noqa: PLR2004  more names read badly
        message = f"a loop that never waits ({circle}); put a step in it that asks or waits"
        yield document.problem(message, group[0], ("exits",))


def _waits(step: Component, library: Library) -> bool:
    if step.component != "run_module":
        return step.WAITS
    module = module_of(step, library)
    return module is None or module.waits
