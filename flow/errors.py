"""The errors of the flow room.

FlowError
├── StepError        a step could not do its work: an entry in the history, then an error exit
│   └── TemplateError    a template does not render: the flow author's mistake
└── DocumentError    a flow document is not usable; `problems` says where and why
"""

from collections.abc import Sequence


class FlowError(Exception):
    """Anything that is wrong with a flow; its text is written for the flow's author."""


class StepError(FlowError):
    """A step could not do its work; the walk takes its `error` exit."""


class TemplateError(StepError):
    """A template does not parse or render."""


class DocumentError(FlowError):
    """A document cannot be used as a flow; `problems` are the lines `check` prints."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
