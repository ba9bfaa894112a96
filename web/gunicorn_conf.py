"""How gunicorn serves this server; read by `gunicorn -c web/gunicorn_conf.py 'app:create_app()'`.

Threads, because a request may wait up to four seconds for another system while others go on.
"""

import sys
from typing import Any

from runner.errors import BadSettings
from runner.settings import load_settings

try:
    _settings = load_settings()
except BadSettings as wrong:
    print(f"linewalk: {wrong}", file=sys.stderr)  # noqa: T201 the one line an operator is to read
    sys.exit(1)

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
limit_request_line = 8190
limit_request_fields = 100


def worker_int(worker: Any) -> None:
    """End quietly on the keyboard's interrupt: the arbiter says enough."""
    worker.alive = False
