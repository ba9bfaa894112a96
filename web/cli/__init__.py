"""The commands: `flask flows …`, `flask prompts …`, and the rest of the outside contract."""

from collections.abc import Callable

from flask import Flask

from runner.staff import Staff
from web.cli.agents import STAFF, agents
from web.cli.backup import backup_command, restore_command
from web.cli.calls import calls
from web.cli.carrier import carrier
from web.cli.contact_data import (
    erase_command,
    export_command,
    hold_command,
    release_hold_command,
)
from web.cli.contacts import contacts
from web.cli.flows import flows
from web.cli.keys import keys
from web.cli.messages import messages
from web.cli.prompts import prompts
from web.cli.release import release_command
from web.cli.secrets import secrets
from web.cli.test import test
from web.cli.voicemails import voicemails
from web.cli.walk import walk
from web.cli.webhooks import webhooks


def add_commands(
    app: Flask, migrate_jobs: Callable[[str], None], staff: Callable[[], Staff]
) -> None:
    """Add every command of this room to the application's command line.

    `migrate_jobs` prepares the job library's tables, `staff` gives who works here.
    """
    for command in (walk, test):
        flows.add_command(command)
    app.extensions[STAFF] = staff
    release = release_command(migrate_jobs)
    for command in (backup_command, restore_command(migrate_jobs)):
        app.cli.add_command(command)
    for command in (export_command, erase_command, hold_command, release_hold_command):
        contacts.add_command(command)
    people = (contacts, agents, voicemails)
    for command in (flows, prompts, *people, calls, messages, carrier, secrets, keys, webhooks):
        app.cli.add_command(command)
    app.cli.add_command(release)
