"""Status callbacks on their way: repeated, lost, or held back and shuffled, as a test says."""

import random

from tests.standin.courier import Courier, Request
from tests.standin.faults import Faults
from tests.standin.pump import Job, Pump
from tests.support.carrier import Form


class Callbacks:
    """Posts facts about calls, conferences and recordings beside the documents."""

    def __init__(self, pump: Pump, courier: Courier, faults: Faults) -> None:
        self._pump, self._courier, self._faults = pump, courier, faults
        self._held: list[Job] | None = None

    def send(self, what: str, subject: str, url: str, form: Form, *, last: bool = False) -> None:
        """Post a callback; those of one `subject` go in order. `last`: a call's final status."""
        if not url or (last and self._faults.lose_terminal):
            return
        request = Request(subject, url, form)

        def job() -> None:
            self._courier.tell(what, request)

        for _ in range(1 + self._faults.repeats):
            if self._held is not None:
                self._held.append(job)
            else:
                self._pump.put(f"{what} {subject}", job)

    def hold(self) -> None:
        """Keep back what comes from now on."""
        self._held = []

    def release(self, seed: int) -> None:
        """Post what was held back, one after the other in an order that the seed decides."""
        held, self._held = self._held or [], None
        random.Random(seed).shuffle(held)  # noqa: S311  an order for a test, no secret
        for job in held:
            self._pump.put("shuffled", job)
