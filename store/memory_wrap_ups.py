"""Notes and dispositions in dictionaries, as `store.wrap_ups` keeps them."""

from desk.wrap_up import WrapUp
from store.memory_desk import Rows
from store.types import clean, kept

WRAP_UP_TABLES = ("wrap_ups",)


class MemoryWrapUps:
    """Notes and dispositions inside one transaction on the dictionaries."""

    def keep_wrap_up(self: Rows, wrap_up: WrapUp) -> bool:
        """Write it, instead of what was written before; false: there is no such conversation."""
        if clean(wrap_up.id) not in self._rows["assignments"]:
            return False
        self._put("wrap_ups", clean(wrap_up.id), kept(wrap_up))
        return True

    def wrap_up(self: Rows, call: str) -> WrapUp | None:
        """Read what was written of a conversation."""
        return self._rows["wrap_ups"].get(clean(call))
