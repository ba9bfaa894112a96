"""The commands: `flask flows …`, `flask prompts …`, and the rest of the outside contract."""

from collections.abc import Callable

from flask import Flask

from web.cli.contacts import contacts
from web.cli.flows import flows
from web.cli.prompts import prompts
from web.cli.release import release_command
from web.cli.secrets import secrets
from web.cli.test import test
from web.cli.walk import walk


def add_commands(app: Flask, migrate_jobs: Callable[[str], None]) -> None:
    """Add every command of this room to the application's command line."""
    for command in (walk, test):
        flows.add_command(command)
    for command in (flows, prompts, contacts, secrets, release_command(migrate_jobs)):
        app.cli.add_command(command)
