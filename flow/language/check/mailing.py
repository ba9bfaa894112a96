"""Rules about e-mails: what a step attaches was recorded by a step of this flow."""

from collections.abc import Iterator

from flow.components.send_email import SendEmail
from flow.language.nearest import did_you_mean
from flow.language.parse import Parsed
from flow.language.problem import Problem


def attached_steps(document: Parsed) -> Iterator[Problem]:
    """A step that is attached exists, and records something."""
    for name, step in document.steps.items():
        if not isinstance(step, SendEmail):
            continue
        for place, attached in enumerate(step.attachments):
            reason = _wrong(document, attached.step) if attached.step else ""
            if reason:
                yield document.problem(reason, name, ("attachments", place, "step"))


def _wrong(document: Parsed, named: str) -> str:
    if named not in document.raw:
        return f"there is no step {named!r}{did_you_mean(named, document.raw)}"
    step = document.steps.get(named)
    if step is not None and "recording_id" not in step.STORES:
        return f"{named} is a {step.component} and records nothing"
    return ""
