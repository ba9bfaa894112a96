"""Gives the answer to a request that came before under the same Idempotency-Key.

Both inside the transaction that does what is asked, and after `Work.enter_key`: of two equal
requests at once the second sees what the first has kept.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.access import KeptAnswer, forgotten
from runner.ports import Work

_ACCEPTED = 202


class Reused(Exception):
    """The Idempotency-Key was used with another body."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of an API key: its Idempotency-Key ("" for none), and the digest of its body."""

    api_key: str
    idempotency: str
    fingerprint: str


def earlier(work: Work, asked: Asked, at: datetime) -> Mapping[str, Any] | None:
    """Find what an equal request was answered; None when there was none.

    Raises:
        Reused: another request had this Idempotency-Key.
    """
    if not asked.idempotency:
        return None
    kept = work.kept_answer(asked.api_key, asked.idempotency)
    if kept is None or forgotten(kept, at):
        return None
    if kept.fingerprint != asked.fingerprint:
        raise Reused
    answer: Mapping[str, Any] = json.loads(kept.body)
    return answer


def keep(work: Work, asked: Asked, answer: Mapping[str, Any], at: datetime) -> None:
    """Keep what a request is answered, where it has an Idempotency-Key."""
    if asked.idempotency:
        body, name = json.dumps(answer).encode(), asked.idempotency
        work.keep_answer(KeptAnswer(asked.api_key, name, asked.fingerprint, _ACCEPTED, body, at))
