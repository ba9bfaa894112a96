"""`flask secrets …`: values that `http_request` uses by name and flows never see."""

import sys

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
    """Keep a value, read from standard input or asked for without echo.

    Flows use it as secrets.NAME in an http_request; nothing ever shows it again.
    """
    house().secrets.set(name, _read())
    click.echo(f"{name} is set")


def _read() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Value", hide_input=True))
    try:
        return sys.stdin.read().rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.ClickException("the value is not UTF-8 text") from None
