"""An installation of a test's own, and its commands, run inside this process."""

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from click.testing import Result
from flask import Flask

from runner.settings import Settings
from store.migrate import upgrade
from web import cli
from web.house import House, move_in

HELLO = """linewalk: 1
flow: hello
type: incoming_call
start: say
steps:
  say:
    component: play
    message: "Hello, {word}."
    exits: {{done: bye}}
  bye:
    component: end
"""


@dataclass
class Office:
    """A migrated SQLite database in a folder of its own, and the commands on it."""

    folder: Path
    app: Flask
    house: House

    def run(self, *command: str, stdin: str | bytes | None = None) -> Result:
        """Run a command; an exception that is not ours fails the test with its trace."""
        words = command[0].split() + [str(word) for word in command[1:]]
        result = self.app.test_cli_runner().invoke(args=words, input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def done(self, *command: str, stdin: str | bytes | None = None) -> str:
        """Run a command that must succeed; give what it printed."""
        result = self.run(*command, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.output

    def refused(self, *command: str, stdin: str | bytes | None = None) -> str:
        """Run a command that must end with 1 and no trace; give what it printed."""
        result = self.run(*command, stdin=stdin)
        assert result.exit_code == 1, result.output
        assert "Traceback" not in result.output
        return result.output.strip()

    def file(self, name: str, text: str) -> str:
        """Write a file; give its path."""
        path = self.folder / name
        path.write_text(text, "utf-8")
        return str(path)

    def hello(self, word: str = "world") -> str:
        """Write a flow called hello that says a word; give its path."""
        return self.file("hello.yaml", HELLO.format(word=word))


def _nobody() -> NoReturn:
    raise AssertionError("commands about agents are tested with the whole application")


def open_office(folder: Path, database: str) -> Office:
    """Migrate a database and put the commands on it."""
    settings = Settings(data_dir=folder / "data", database_url=database)
    settings.data_dir.mkdir()
    upgrade(settings.database)
    app, house = Flask("commands"), House(lambda: settings)
    move_in(app, house)
    cli.add_commands(app, lambda _database: None, _nobody)
    return Office(folder, app, house)
