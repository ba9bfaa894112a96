"""Look a name up in the DNS, once, and within a time limit."""

import queue
import socket
import threading
from collections.abc import Callable, Sequence

Resolve = Callable[[str, int], Sequence[str]]

# getaddrinfo cannot be interrupted; a look-up that hangs keeps its thread. So many may hang.
_SLOTS = threading.BoundedSemaphore(32)


def system_resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver. Raises `OSError` where the name has no address."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve_within(resolve: Resolve, host: str, port: int, seconds: float) -> list[str]:
    """Run a resolver for at most so many seconds.

    Raises `TimeoutError`, and `OSError` or `UnicodeError` as the resolver does.
    """
    if not _SLOTS.acquire(timeout=max(seconds, 0)):
        raise TimeoutError("too many name look-ups are hanging")
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(list(resolve(host, port)))
        except Exception as error:  # noqa: BLE001  it is raised again in the asking thread
            answers.put(error)
        finally:
            _SLOTS.release()

    threading.Thread(target=work, name="egress-dns", daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0.001))
    except queue.Empty as error:
        raise TimeoutError("the name look-up took too long") from error
    if isinstance(answer, Exception):
        raise answer
    return answer
