"""`flask secrets …`: values that `http_request` uses by name and flows never see."""

import click
from flask.cli import with_appcontext

from web.cli.errors import plainly
from web.house import house


@click.group("secrets")
def secrets() -> None:
    """Keep values that flows use by name as secrets.NAME."""


@secrets.command("set")
@click.argument("name")
@with_appcontext
@plainly
def set_command(name: str) -> None:
    """Keep a value, read from standard input or asked for without echo."""
    stream = click.get_text_stream("stdin")
    given = click.prompt("Value", hide_input=True) if stream.isatty() else stream.read()
    value = str(given).rstrip("\n")
    house().secrets.set(name, value)
    click.echo(f"{name} is set")
