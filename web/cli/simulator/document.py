"""How what a walk asks of a call's channel ends: with a question, or with the call."""

from flow.instructions import (
    Apologise,
    Collect,
    Dial,
    Enqueue,
    Hangup,
    Join,
    Proceed,
    Record,
    Reject,
)

QUESTIONS = (Collect, Record, Dial, Enqueue)
"""What waits for something that the caller, or the other side, does."""

ENDS = (*QUESTIONS, Join, Proceed, Hangup, Reject, Apologise)
"""What nothing is heard behind."""
