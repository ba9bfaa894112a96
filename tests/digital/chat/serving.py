"""The real application with a chat in a real gunicorn, with the server's own configuration."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from runner.settings import load_settings
from tests.support.installation import KEY
from tests.support.network import free_port
from tests.support.processes import Program, Programs
from tests.support.waiting import wait_until
from web.house import House

START = 60.0


@dataclass
class ChatServer:
    """One gunicorn; `given` are settings besides those it needs."""

    programs: Programs
    database: str
    data: Path
    given: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    web: Program | None = None

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def house(self) -> Iterator[House]:
        """The same installation in the test's process."""
        settings = load_settings(
            database_url=self.database, data_dir=self.data, port=self.port, secret_key=KEY
        )
        made = House(lambda: settings)
        yield made
        made.database.close()

    def start(self) -> None:
        """Start it, and return when it serves."""
        environment = {
            "DATABASE_URL": self.database,
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "SECRET_KEY": KEY,
            "WEB_CONCURRENCY": "2",
        } | self.given
        command = ["gunicorn", "-c", "web/gunicorn_conf.py", "app:create_app()"]
        self.web = self.programs.start(command, environment)
        wait_until(self.serves, START, what=f"the server\n{self.web.output}", every=0.1)

    def stop(self) -> int:
        """Ask it to end; give its exit code."""
        if self.web is None or not self.web.alive():
            return 0
        return self.web.stop(15)

    def restart(self, **given: str) -> None:
        """End it, and start it with other settings."""
        self.stop()
        self.given |= given
        self.start()

    def serves(self) -> bool:
        """Whether it answers."""
        try:
            with urllib.request.urlopen(f"{self.base}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def status(self, path: str, token: str) -> tuple[int, str]:
        """The status of an answer, and how long it says to wait."""
        address = f"{self.base}/digital/chat/website/{path}"
        asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return answer.status, ""
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Retry-After", "")
