"""`flask keys …`: who may use the API, and for what."""

from datetime import datetime, timedelta

import click
from flask.cli import with_appcontext

from desk.access import SCOPES, ApiKey
from flow.language.durations import seconds
from web.cli.errors import plainly
from web.house import house, now


@click.group("keys")
def keys() -> None:
    """Create, list, revoke and unfreeze the keys of the API."""


def _duration(
    context: click.Context, option: click.Parameter, given: str | None
) -> timedelta | None:
    del context
    try:
        return None if given is None else timedelta(seconds=seconds(given))
    except ValueError as error:
        raise click.BadParameter(str(error), param=option) from None


@keys.command("create")
@click.argument("name")
@click.option("--scopes", required=True, help=f"With commas: {', '.join(SCOPES)}.")
@click.option("--expires", callback=_duration, help="After how long, such as 90d; never if left.")
@with_appcontext
@plainly
def create(name: str, scopes: str, expires: timedelta | None) -> None:
    """Make a key; it stands alone on the last line and is never shown again.

    NAME says in lists who has it; several keys may have one name, so that a new one can be given
    out before the old one is revoked.
    """
    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    key, text = house().keys.create(name, wanted, None if expires is None else now() + expires)
    click.echo(f"{key.prefix}: {', '.join(key.scopes)}; keep it, it is not shown again", err=True)
    click.echo(text)


@keys.command("list")
@with_appcontext
@plainly
def list_command() -> None:
    """List the keys: prefix, name, scopes, state, and when each was last used."""
    for key in house().keys.all():
        used = f"last used {_day(key.last_used)}" if key.last_used else "never used"
        click.echo("\t".join((key.prefix, key.name, ",".join(key.scopes), _state(key), used)))


def _state(key: ApiKey) -> str:
    state = key.state(now())
    if state == "good" and key.expires:
        return f"expires {_day(key.expires)}"
    if state == "frozen" and key.frozen:
        return f"frozen since {_day(key.frozen)}: {key.frozen_why}"
    return state


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


@keys.command("revoke")
@click.argument("key", metavar="ID")
@with_appcontext
@plainly
def revoke(key: str) -> None:
    """Make a key useless at once; ID is its prefix, as the list shows it."""
    if not house().keys.revoke(key):
        raise click.ClickException(f"there is no key {key} to revoke: see flask keys list")
    click.echo(f"{key} is revoked")


@keys.command("unfreeze")
@click.argument("key", metavar="ID")
@with_appcontext
@plainly
def unfreeze(key: str) -> None:
    """Let a key count again that was frozen because of its calls; ID is its prefix.

    Find out first who called: flask calls refusals. A key in wrong hands is revoked instead. What
    its limits refused before is not held against it any more.
    """
    if not house().keys.unfreeze(key):
        raise click.ClickException(f"there is no frozen key {key}: see flask keys list")
    click.echo(f"{key} counts again")
