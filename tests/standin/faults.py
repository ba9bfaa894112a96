"""What carriers do wrong, each switched on by a test."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal


@dataclass
class RestFault:
    """What happens to the next REST requests that fit, `times` of them.

    `acts`: what is asked is done, but the connection is closed after `seconds`. `answered_when`:
    it is done and answered, as soon as that is true. `wait`: the answer's Retry-After.
    """

    method: str
    path: str
    times: int
    status: int = 500
    code: int = 20500
    acts: bool = False
    seconds: float = 0.0
    wait: int = 0
    answered_when: Callable[[], object] | None = None


@dataclass
class WebFault:
    """What happens to the next requests to the product whose address fits, `times` of them.

    `delivered` says whether the product got the request before the connection failed.
    """

    address: str
    times: int
    delivered: bool


@dataclass
class Faults:
    """The switches; everything is well until one is set.

    `redirected`: whether a queue's action comes before the new document is fetched or after.
    `repeats`: how many more times every callback is posted. `lose_terminal`: the last status
    callback of a call never comes. `keep_queued`: calls that are made wait until `leg.ring()`.
    `queue_result`: an Enqueue is refused with this result, such as `queue-full`. `at_rest` is
    called with each REST request (`POST /…`) and the port it comes from, before it is carried out
    (False) and after (True), and says whether to close the connection there. `texts`: the last
    status of the messages that are sent, and its error code. `advanced_opt_out`: STOP, START and
    HELP are named as such.
    """

    redirected: Literal["before", "after"] = "before"
    repeats: int = 0
    lose_terminal: bool = False
    keep_queued: bool = False
    queue_result: str = ""
    texts: tuple[str, int] = ("delivered", 0)
    advanced_opt_out: bool = False
    at_rest: Callable[[str, int, bool], bool] = lambda _what, _port, _done: False
    rest: list[RestFault] = field(default_factory=list)
    web: list[WebFault] = field(default_factory=list)

    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of_rest(self, method: str, path: str) -> RestFault | None:
        """Take the fault for a REST request."""
        with self._lock:
            for fault in self.rest:
                if fault.times and fault.method == method and re.search(fault.path, path):
                    fault.times -= 1
                    return fault
        return None

    def of_web(self, address: str) -> WebFault | None:
        """Take the fault for a request to the product."""
        with self._lock:
            for fault in self.web:
                if fault.times and re.search(fault.address, address):
                    fault.times -= 1
                    return fault
        return None
