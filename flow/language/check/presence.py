"""The rule that a step finds who it needs: somebody on the line, or a conversation by messages."""

from collections.abc import Iterator

from flow.component import Component
from flow.language.check.library import Library, opens_conversation
from flow.language.check.modules import module_of
from flow.language.parse import Parsed
from flow.language.problem import Problem

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
    "messages": "in a conversation nobody is on the line; use send_message, ask, menu or survey",
    "hang_up": "nobody is on the line after hang_up",
    "timeout": (
        "nobody is on the line any more when request_callback takes 'timeout'; "
        "say it before the step, and only note or send something here"
    ),
}
"""How a path came to have no call (empty: the flow began without one), and what to do."""

_NO_CONVERSATION = {
    "api_request": "nobody could answer; place it behind exit 'sent' of a send_message with to",
    "incoming_call": "ask a caller by menu, collect_digits or collect_speech",
    "outgoing_call": "ask a contact by menu, collect_digits or collect_speech",
}
"""What to do where there is no conversation, by the flow's type."""

_There = tuple[str | None, bool]
"""Why nobody is on the line (None: somebody is), and whether there is a conversation."""

_AT_FIRST: dict[str, _There] = {
    "api_request": ("", False),
    "incoming_message": ("messages", True),
    "incoming_call": (None, False),
    "outgoing_call": (None, False),
    "module": (None, True),
}
"""Who is there when a flow begins; a module is looked at where it is entered."""


def somebody_there(document: Parsed, library: Library) -> Iterator[Problem]:
    """No path comes to a step that needs a call or a conversation while there is none."""
    if not document.type or not document.start:
        return
    ways = _ways(document, library)
    for name, step in document.steps.items():
        if document.type not in step.TYPES:
            continue
        found = (_lacks(document, step, there, library) for there in ways.get(name, ()))
        message = next(filter(None, found), "")
        if message:
            yield document.problem(f"{step.component} {message}", name, ("component",))


def _lacks(document: Parsed, step: Component, there: _There, library: Library) -> str:
    why, conversation = there
    module = module_of(step, library)
    talks = module.talks if module else step.NEEDS_CALL and not step.TEXTS
    asks = module.asks if module else step.NEEDS_CALL and step.TEXTS
    texts = module.texts if module else step.needs_conversation()
    if why is not None and (talks or (asks and not conversation and why)):
        return f"needs a call, and a path comes here without one: {_NOBODY[why]}"
    if why is not None and asks and not conversation:
        hint = "or behind exit 'sent' of a send_message with to"
        return (
            f"needs a call or a conversation, and a path comes here without: {_NOBODY['']}, {hint}"
        )
    if texts and not conversation:
        hint = _NO_CONVERSATION[document.type]
        return f"needs a conversation by messages, and a path comes here without one: {hint}"
    return ""


def _ways(document: Parsed, library: Library) -> dict[str, list[_There]]:
    """Find the steps that a path comes to, and who is there on each of the paths."""
    # Each step is visited at most once for each of the few things that may be so.
    seen: set[tuple[str, _There]] = set()
    ahead = [(document.start, _AT_FIRST[document.type])]
    while ahead:
        step, there = ahead.pop()
        if (step, there) in seen:
            continue
        seen.add((step, there))
        for exit_name, target in document.exits(step).items():
            ahead.append((target, _behind(document, step, exit_name, there, library)))
    ways: dict[str, list[_There]] = {}
    for step, there in sorted(seen, key=str):
        ways.setdefault(step, []).append(there)
    return ways


def _behind(document: Parsed, step: str, exit_name: str, there: _There, library: Library) -> _There:
    """Say who is there behind an exit."""
    why, conversation = there
    component, built = document.component(step), document.steps.get(step)
    if (component, exit_name) in _GETS_CALL:
        return None, conversation
    if why is None and component == "hang_up":
        return "hang_up", conversation
    if why is None and (component, exit_name) == _TIMEOUT:
        return "timeout", conversation
    return why, conversation or (built is not None and _opens(built, exit_name, library))


def _opens(step: Component, exit_name: str, library: Library) -> bool:
    module = module_of(step, library)
    if module is not None:
        return module.opens and exit_name != "error"
    return exit_name == "sent" and opens_conversation(step)
