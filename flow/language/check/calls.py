"""Rules about flow types and calls: where a voice step makes sense and where it does not."""

from collections.abc import Iterator

from flow.component import Component
from flow.language.check.library import Library
from flow.language.check.modules import module_of
from flow.language.check.paths import circles, reachable
from flow.language.parse import Parsed
from flow.language.problem import Problem
from flow.who import KINDS

_GETS_CALL = {
    ("make_call", "answered"),
    ("make_call", "machine"),
    ("direct_callback", "call_finished"),
    ("request_callback", "call_finished"),
}
"""The exits behind which a contact is on the line although the flow began without one."""

_TIMEOUT = ("request_callback", "timeout")
"""The exit taken when a callback is given up: the caller is there only if no such agent exists."""

_NOBODY = {
    "": "put it behind make_call's exit 'answered'",
    "hang_up": "nobody is on the line after hang_up",
    "timeout": (
        "nobody is on the line any more when request_callback takes 'timeout'; "
        "say it before the step, and only note or send something here"
    ),
}
"""How a path came to have no call (empty: the flow began without one), and what to do."""

_BANNED_AFTER_CALL = ("assign_and_dial", "forward_call", "request_callback")
"""The palette's list for a branch that begins at `call_finished`."""


def allowed_type(document: Parsed) -> Iterator[Problem]:
    """A component stands only in flows of the types that may use it."""
    if not document.type:
        return
    for name, step in document.steps.items():
        if document.type not in step.TYPES:
            allowed = ", ".join(step.TYPES)
            message = f"{step.component} cannot be used in {document.type} flows (only: {allowed})"
            yield document.problem(message, name, ("component",))


def voice_without_call(document: Parsed, library: Library) -> Iterator[Problem]:
    """No path comes to a voice step while no call exists."""
    if not document.type or document.type == "incoming_message" or not document.start:
        return
    silent = _without_call(document)
    for name, step in document.steps.items():
        if name in silent and _needs_call(step, library) and document.type in step.TYPES:
            reason = "needs a call, and a path comes here without one"
            message = f"{step.component} {reason}: {_NOBODY[silent[name]]}"
            yield document.problem(message, name, ("component",))


def _needs_call(step: Component, library: Library) -> bool:
    if step.NEEDS_CALL:
        return True
    module = module_of(step, library)
    return module is not None and module.talks


def _without_call(document: Parsed) -> dict[str, str]:
    """Find the steps that a path comes to without a call, and why there is none."""
    # Each step is visited at most once with a call (None), and once for each reason.
    seen: set[tuple[str, str | None]] = set()
    ahead = [(document.start, "" if document.type == "api_request" else None)]
    while ahead:
        step, why = ahead.pop()
        if (step, why) in seen:
            continue
        seen.add((step, why))
        for exit_name, target in document.exits(step).items():
            ahead.append((target, _behind(document.component(step), exit_name, why)))
    return {step: why for step, why in sorted(seen, key=str) if why is not None}


def _behind(component: str, exit_name: str, why: str | None) -> str | None:
    """Say why nobody is on the line behind an exit; None: somebody is."""
    if (component, exit_name) in _GETS_CALL:
        return None
    if why is None and component == "hang_up":
        return "hang_up"
    if why is None and (component, exit_name) == _TIMEOUT:
        return "timeout"
    return why


def after_call(document: Parsed, library: Library) -> Iterator[Problem]:
    """In a post-call branch nobody is dialled or queued again, in a module neither."""
    starts = [document.exits(step).get("call_finished", "") for step in document.raw]
    for step in sorted(reachable(document, filter(None, starts))):
        component = document.component(step)
        if component in _BANNED_AFTER_CALL:
            message = f"{component} cannot be used after the call with the agent (call_finished)"
            yield document.problem(message, step, ("component",))
        elif component == "record_message" and _is_for_agents(document.raw[step].get("deliver")):
            message = (
                "a voicemail after the call with the agent is not delivered to agents: "
                "keep it, or give only deliver.email"
            )
            yield document.problem(message, step, ("deliver",))
        elif step in document.steps and (inside := _banned_inside(document.steps[step], library)):
            message = f"{inside}, which cannot be used after the call with the agent"
            yield document.problem(message, step, ("module",))


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
