"""The door for other systems: an API request in, a run of an `api_request` flow begun.

Everything is one transaction: the limits are counted, the run and its first effects are written,
and so is the answer under its Idempotency-Key. So a request that is repeated, or comes twice at
once, starts one run. One key's starts queue up behind each other; other keys do not wait.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

import structlog

from desk.access import WINDOW, Interaction, Limits
from flow.errors import StepError
from flow.execution import Execution
from flow.ledger import Saved, Version
from flow.variables import misfits
from runner import repeats
from runner.effects import Effects
from runner.ids import new_id
from runner.ports import Store, Work
from runner.walker import Walked, Walker, pack

_log = structlog.get_logger(__name__)

_BUSY = 5
"""Seconds after which it is worth asking again whether a running execution has ended."""

Reason = Literal["revoked", "unknown flow", "wrong inputs", "key reused", "too fast", "too many"]


@dataclass(frozen=True, slots=True)
class Request:
    """A request to start a flow; `idempotency` is its Idempotency-Key, empty for none."""

    api_key: str
    flow: str
    inputs: Mapping[str, Any]
    idempotency: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """What was started, now or when the same request came first."""

    interaction: str
    version: str
    execution: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was started. `fields` are inputs and what is wrong with each, `wait` is seconds."""

    reason: Reason
    fields: Mapping[str, str] = field(default_factory=dict)
    wait: int = 0


class Starts:
    """Starts flows for other systems. One instance serves all threads of a process."""

    def __init__(
        self,
        store: Store,
        walker: Walker,
        effects: Effects,
        clock: Callable[[], datetime],
        limits: Limits,
    ) -> None:
        self._store, self._walker, self._effects = store, walker, effects
        self._clock, self._limits = clock, limits

    def start(self, request: Request) -> Started | Refused:
        """Start a flow, or say what an equal request under the same Idempotency-Key has started.

        Raises:
            Unavailable: the database is away; nothing was started, or the same request with the
                same Idempotency-Key says what was.
        """
        walked: Walked | None = None
        with self._store.work() as work:
            known = self._known(work, request)
            if known is not None:
                return known
            version = work.version_of(request.flow, "latest")
            refused = self._refused(work, request, version)
            if refused is not None or version is None:
                return refused or Refused("unknown flow")
            try:
                walked = self._walk(work, request, version)
            except StepError as error:
                return Refused("wrong inputs", {"": str(error)})
            started = self._keep(work, request, walked)
        self._effects.begin(walked)
        return started

    def _known(self, work: Work, request: Request) -> Started | Refused | None:
        """Look whether this request came before; from here on, equal ones wait."""
        if not work.enter_key(request.api_key):
            return Refused("revoked")
        try:
            known = repeats.earlier(work, self._asked(request), self._clock())
        except repeats.Reused:
            return Refused("key reused")
        return Started(**known) if known else None

    def _refused(self, work: Work, request: Request, version: Version | None) -> Refused | None:
        if version is None or version.type != "api_request":
            return Refused("unknown flow")
        wrong = misfits(self._walker.document(version), request.inputs)
        if wrong:
            return Refused("wrong inputs", wrong)
        since = self._clock() - WINDOW
        if work.started_since(request.api_key, since) >= self._limits.starts:
            return Refused("too fast", wait=1)
        if work.running_of(request.api_key) >= self._limits.running:
            return Refused("too many", wait=_BUSY)
        return None

    def _walk(self, work: Work, request: Request, version: Version) -> Walked:
        at = self._clock()
        execution = Execution(
            id=new_id(),
            flow=version.flow,
            type=version.type,
            started=at.isoformat(),
            channel={"type": "api", "address": ""},
        )
        return self._walker.begin(work, version, execution, request.inputs, at)

    def _keep(self, work: Work, request: Request, walked: Walked) -> Started:
        run = walked.run
        run.undelivered = pack(walked.instructions)
        outbox = self._effects.note(work, walked, run.updated)
        work.save(Saved(run, True, None, walked.history, outbox, walked.facts))
        key, at = request.api_key, run.started
        work.keep_interaction(Interaction(run.interaction, run.flow, run.id, key, at))
        started = Started(run.interaction, run.version, run.id)
        repeats.keep(work, self._asked(request), asdict(started), at)
        _log.info("flow started by the API", flow=run.flow, execution=run.id, api_key=key)
        return started

    def _asked(self, request: Request) -> repeats.Asked:
        """Give the request with the keyed digest of its body; the order of names does not count."""
        asked = json.dumps([request.flow, request.inputs], sort_keys=True)
        return repeats.Asked(request.api_key, request.idempotency, self._walker.mark(asked))
