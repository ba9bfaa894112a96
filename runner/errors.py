"""The errors of the runner room.

Unavailable         the store cannot be reached now: the same request may succeed in a moment
RunnerError
├── BadSettings     the environment is wrong; the text is one line for the operator
└── CarrierError    the carrier's REST API refused or failed; `retry` says whether to try again
"""

from flow.ledger import Unavailable

__all__ = ["GONE", "BadSettings", "CarrierError", "RunnerError", "Unavailable"]


GONE = frozenset({21220, 20404, 404})
"""The carrier's codes for a call that is over or not there any more (Twilio, error 21220).

Who brings a call back asks how it stands besides: 21220 also means that it is not answered yet.
"""


class RunnerError(Exception):
    """Anything the runner reports; its text holds no personal data."""


class BadSettings(RunnerError):
    """A setting is missing or wrong; the text says which and why."""


class CarrierError(RunnerError):
    """A REST request to the carrier failed; `code` is the carrier's own, 0 for none.

    `unsure`: nobody knows whether the carrier did it: the connection broke after the request was
    sent, or the carrier failed in the middle (its 5xx). `wait` are the seconds after which it may
    be asked again, where it said so.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int = 0,
        retry: bool = False,
        unsure: bool = False,
        wait: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.retry = retry
        self.unsure = unsure
        self.wait = wait
