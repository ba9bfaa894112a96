"""Remembers one-time tokens: the second use of one counts only with the very same content."""

from collections.abc import Callable
from datetime import datetime

from runner.ports import Store
from runner.repeats import Asked, Reused, earlier, keep


class Tokens:
    """The tokens that were used, kept with the answers under an Idempotency-Key, and as long."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    def claim(self, issuer: str, token: str, fingerprint: str) -> bool:
        """Use a token for some content; false: it was used for another one before.

        Raises:
            Unavailable: the store is away; the token was not used.
        """
        asked, at = Asked(f"once:{issuer}", token, fingerprint), self._clock()
        with self._store.work() as work:
            work.enter_peer(
                "email", issuer, token
            )  # two requests with one token wait for each other
            try:
                if earlier(work, asked, at) is None:
                    keep(work, asked, {}, at)
            except Reused:
                return False
        return True
