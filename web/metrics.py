"""Counts what an operator watches, for Prometheus; never a number, a name or a word of a caller.

Every process of an installation, web processes and worker, counts into files of its own under one
folder, which `/metrics` adds up. The library chooses how to count when it is first imported, so it
is imported when something is first counted: after `share`.
"""

import os
import re
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, request

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_TRIES, _BLINK = 5, 0.05
"""How often, and after how many seconds, counters are read again that are not there yet."""

_FILE = re.compile(r"[a-z_]+_(\d+)\.db")


@dataclass(frozen=True, slots=True)
class _Counters:
    webhooks_refused: "Counter"
    calls_refused: "Counter"
    limits_reached: "Counter"
    keys_frozen: "Counter"


@cache
def _counters() -> _Counters:
    from prometheus_client import Counter  # noqa: PLC0415 see above

    return _Counters(
        Counter("linewalk_webhooks_refused", "Webhooks turned away before parsing.", ["reason"]),
        Counter("linewalk_calls_refused", "Outgoing calls that did not leave.", ["reason"]),
        Counter("linewalk_call_limits_reached", "Calls that met a full limit.", ["limit"]),
        Counter("linewalk_keys_frozen", "API keys that were frozen because of their calls."),
    )


def share(data_dir: Path) -> Path:
    """Count into files that all processes of this installation share; the folder."""
    folder = Path(os.environ.setdefault(_FOLDER, f"{data_dir}/metrics"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def forget_ended(folder: Path) -> None:
    """Begin at nothing, but for what processes have counted that still live: the worker may."""
    for path in folder.iterdir():
        counted_by = _FILE.fullmatch(path.name)
        if counted_by is None or not _lives(int(counted_by[1])):
            path.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def call_refused(reason: str) -> None:
    """Count an outgoing call that did not leave."""
    _counters().calls_refused.labels(reason).inc()


def limit_reached(limit: str) -> None:
    """Count an outgoing call that met a full limit, whether it waits or was refused."""
    _counters().limits_reached.labels(limit).inc()


def key_frozen() -> None:
    """Count an API key that was frozen."""
    _counters().keys_frozen.inc()


def refused(reason: str) -> None:
    """Count a webhook that was turned away."""
    _counters().webhooks_refused.labels(reason).inc()


def blueprint() -> Blueprint:
    """Build `/metrics`, which answers this machine only (threats-and-faults, threat 31)."""
    routes = Blueprint("metrics", __name__)

    @routes.get("/metrics")
    def metrics() -> Response:
        if not _is_local():
            abort(404)
        from prometheus_client import CONTENT_TYPE_LATEST  # noqa: PLC0415 see above

        _counters()
        return Response(_text(), content_type=CONTENT_TYPE_LATEST)

    return routes


def _text() -> bytes:
    """Write down what all processes counted.

    One that has just started has its file of counters for a moment before anything is in it.
    """
    from prometheus_client import generate_latest  # noqa: PLC0415 see above

    for _ in range(_TRIES):
        with suppress(struct.error):
            return generate_latest(_registry())
        time.sleep(_BLINK)
    return generate_latest(_registry())


def _is_local() -> bool:
    """Say whether a request comes from this machine itself, and not by way of a proxy on it."""
    forwarded = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For"))
    host = request.host.rpartition(":")[0] or request.host
    named_here = host.strip("[]") in {"localhost", "127.0.0.1", "::1"}
    sender = request.remote_addr or ""
    return named_here and not forwarded and sender in {"127.0.0.1", "::1"}


def _registry() -> "CollectorRegistry":
    """Gather what all processes counted, where there are several."""
    from prometheus_client import REGISTRY, CollectorRegistry  # noqa: PLC0415 see above
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415 see above

    if _FOLDER not in os.environ:
        return REGISTRY
    gathered = CollectorRegistry()
    MultiProcessCollector(gathered)  # type: ignore[no-untyped-call]  # the library has no types here
    return gathered
