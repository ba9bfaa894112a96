"""The real processes of one installation: gunicorn and the worker, to be killed and started."""

import os
import signal
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.support.carrier import ACCOUNT, TOKEN, Carrier
from tests.support.installation import KEY, Installation
from tests.support.network import free_port
from tests.support.processes import Program, Programs
from tests.support.transport import Sockets
from tests.support.waiting import wait_until

START = 60.0


@dataclass
class Servers:
    """One installation's processes, on a database that is ready and has its flows.

    `application` is the module that has `create_app`.
    """

    programs: Programs
    database: str
    data: Path
    given: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    web: Program | None = None
    worker: Program | None = None
    application: str = "app"

    @property
    def base(self) -> str:
        """The address the carrier knows."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def carrier(self) -> Carrier:
        """A carrier that calls here, over sockets."""
        return Carrier(Sockets(), self.base)

    def start(self) -> None:
        """Start what does not run, and return when it serves."""
        environment = {
            "DATABASE_URL": self.database,
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "SECRET_KEY": KEY,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "WEB_CONCURRENCY": "2",
        } | self.given
        if self.worker is None or not self.worker.alive():
            command = ["flask", "--app", self.application, "worker"]
            self.worker = self.programs.start(command, environment)
        if self.web is None or not self.web.alive():
            command = ["gunicorn", "-c", "web/gunicorn_conf.py", f"{self.application}:create_app()"]
            self.web = self.programs.start(command, environment)
        self.worker.wait_for_output("worker listens", START)
        wait_until(self.ready, START, what=f"the server\n{self.web.output}", every=0.1)

    def ready(self) -> bool:
        """Whether the server says that it can take calls."""
        try:
            with urllib.request.urlopen(f"{self.base}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9 of every process, at once as far as that can be."""
        for program in (self.web, self.worker):
            if program is not None:
                program.kill()

    def kill_serving(self) -> None:
        """kill -9 of the processes that answer; gunicorn's own master starts new ones."""
        assert self.web is not None
        for child in psutil.Process(self.web.pid).children():
            os.kill(child.pid, signal.SIGKILL)

    def logs(self) -> bytes:
        """Everything that the processes have written."""
        return b"".join(path.read_bytes() for path in self.programs.folder.glob("*.log"))


def beside(house: Installation, programs: Programs, **given: str) -> Servers:
    """The processes of an installation that the test has prepared."""
    settings = house.settings
    allowed = ",".join(settings.egress_allow)
    extra = {"EGRESS_ALLOW": allowed, "TWILIO_API_URL": settings.twilio_api_url}
    return Servers(programs, settings.database, settings.data_dir, extra | given)
