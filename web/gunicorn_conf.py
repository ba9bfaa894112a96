"""How gunicorn serves this server; read by `gunicorn -c web/gunicorn_conf.py 'app:create_app()'`.

Threads, because a request may wait up to four seconds for another system while others go on.
"""

import gc
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from prometheus_client import multiprocess

from runner.errors import BadSettings
from runner.settings import load_settings

try:
    _settings = load_settings()
except BadSettings as wrong:
    print(f"linewalk: {wrong}", file=sys.stderr)  # noqa: T201 the one line an operator is to read
    sys.exit(1)

# Every process counts into files of its own, which /metrics adds up; they start empty.
_counts = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", f"{_settings.data_dir}/metrics"))

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.workers
worker_class = "gthread"
threads = 32
backlog = 1024
timeout = 60
graceful_timeout = 10
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
    shutil.rmtree(_counts, ignore_errors=True)
    _counts.mkdir(parents=True)


def child_exit(server: Any, worker: Any) -> None:
    """Keep what an ended process counted."""
    del server
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the library has no types here


def post_worker_init(worker: Any) -> None:
    """Spare the garbage collector what was loaded, and let it come less often.

    A turn makes some thousand objects, which reference counting frees: its rounds find nothing.
    """
    del worker
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
