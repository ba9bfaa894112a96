"""How gunicorn serves this server; read by `gunicorn -c web/gunicorn_conf.py 'app:create_app()'`.

Threads, because a request may wait up to four seconds for another system while others go on, and
the event stream of an open chat has one as long as it is open.
"""

import gc
import sys
from typing import Any

from runner.errors import BadSettings
from runner.settings import load_settings
from web import metrics

try:
    _settings = load_settings()
except BadSettings as wrong:
    print(f"linewalk: {wrong}", file=sys.stderr)  # noqa: T201 the one line an operator is to read
    sys.exit(1)

_counts = metrics.share(_settings.data_dir)

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.workers
worker_class = "gthread"
threads = 32 + _settings.chat_streams
backlog = 1024
timeout = 60
graceful_timeout = 5
keepalive = 75
accesslog = None
errorlog = "-"
loglevel = "warning"
proc_name = "linewalk"
preload_app = False
control_socket_disable = True
limit_request_line = 8190
limit_request_fields = 100


def worker_int(worker: Any) -> None:
    """End quietly on the keyboard's interrupt: the arbiter says enough."""
    worker.alive = False


def on_starting(server: Any) -> None:
    """Begin counting at nothing."""
    del server
    metrics.forget_ended(_counts)


def child_exit(server: Any, worker: Any) -> None:
    """Keep what an ended process counted."""
    from prometheus_client import multiprocess  # noqa: PLC0415 as in web.metrics

    del server
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the library has no types here


def post_worker_init(worker: Any) -> None:
    """Spare the garbage collector what was loaded; let streams see when the process ends.

    A turn makes some thousand objects, which reference counting frees: its rounds find nothing.
    """
    worker.wsgi.config["LINEWALK_ENDING"] = lambda: not worker.alive
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
