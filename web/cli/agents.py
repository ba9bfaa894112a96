"""`flask agents …`: who works here, loaded from a file, and their presence."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from desk.agents import Agent
from desk.agents_file import AgentsFile, BadAgentsFile, parse
from desk.presence import NotAllowed
from flow.language.reader import Unreadable, read
from runner.staff import Staff
from web.cli.errors import plainly

STAFF = "linewalk-staff"
"""Where the application keeps what gives who works here."""


@click.group("agents")
def agents() -> None:
    """Keep the agents and their ring groups."""


@agents.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
@plainly
def load_command(file: Path) -> None:
    """Add agents and ring groups from a YAML file; those known by their id are changed.

    Who is on a call stays on it. Who is not in the file stays as well; `remove` takes an
    agent out. A file with a mistake changes nothing.
    """
    loaded = _staff().load(_read(file))
    new = f", {loaded.fresh} of them new" if loaded.fresh else ""
    click.echo(f"{_count(loaded.agents, 'agent')} loaded{new}")
    click.echo(f"{_count(loaded.ring_groups, 'ring group')} loaded")


@agents.command("list")
@with_appcontext
@plainly
def list_command() -> None:
    """List the agents: id, presence, address, ring groups, attributes."""
    found = _staff().agents()
    for line in _table([_row(agent) for agent in found]):
        click.echo(line)
    if not found:
        click.echo("no agents; add some with flask agents load FILE")


@agents.command("presence")
@click.argument("agent", metavar="ID")
@click.argument("state", metavar="STATE")
@with_appcontext
@plainly
def presence_command(agent: str, state: str) -> None:
    """Set an agent's presence: available, away, busy or offline.

    During a call it counts from the call's end.
    """
    try:
        changed = _staff().choose(agent, state)
    except NotAllowed as error:
        raise click.ClickException(str(error)) from None
    if changed is None:
        raise click.ClickException(_unknown(agent))
    after = f" (then {changed.then})" if changed.assignment else ""
    click.echo(f"{agent} is {changed.presence}{after}")


@agents.command("remove")
@click.argument("agent", metavar="ID")
@with_appcontext
@plainly
def remove_command(agent: str) -> None:
    """Take an agent out, who is rung no more; not during a call."""
    here = _staff()
    if here.agent(agent) is None:
        raise click.ClickException(_unknown(agent))
    if not here.remove(agent):
        raise click.ClickException(f"{agent} is on a call; try again after it")
    click.echo(f"{agent} is removed")


def _staff() -> Staff:
    found: Staff = current_app.extensions[STAFF]()
    return found


def _read(file: Path) -> AgentsFile:
    """Read an agents file; every mistake in it is a line on the terminal."""
    try:
        return parse(read(file.read_text("utf-8-sig")), str(file))
    except BadAgentsFile as error:
        for fault in error.faults:
            click.echo(fault.line_text())
    except Unreadable as error:
        click.echo(f"{file}:{error.line}: {error}")
    except UnicodeDecodeError:
        click.echo(f"{file}: this is not UTF-8 text")
    raise SystemExit(1)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _unknown(agent: str) -> str:
    return f"there is no agent {agent!r}; flask agents list shows those there are"


def _row(agent: Agent) -> tuple[str, ...]:
    state = agent.presence if not agent.assignment else f"{agent.presence}, on a call"
    skills = ", ".join(f"{name} {level}" for name, level in agent.attributes.items())
    return (agent.id, state, agent.address, ", ".join(agent.ring_groups) or "-", skills or "-")


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    return ["  ".join(cells).rstrip() for cells in padded]
