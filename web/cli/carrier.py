"""`flask carrier …`: the bound numbers at the carrier."""

from typing import TYPE_CHECKING, cast

import click
from flask import current_app
from flask.cli import with_appcontext

from runner.carrier.numbers import Outcome, sync
from web.cli.errors import plainly
from web.house import house

if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.carrier.numbers import NumbersAtCarrier

CARRIER = "linewalk-carrier"
"""Where the application keeps what makes the carrier's numbers."""


@click.group("carrier")
def carrier() -> None:
    """Set up the numbers at the carrier."""


@carrier.command("sync")
@click.option("--dry-run", is_flag=True, help="Say what would be changed, and change nothing.")
@with_appcontext
@plainly
def sync_command(*, dry_run: bool) -> None:
    """Point the bound numbers at this server: voice, status and fallback addresses, and for SMS.

    Lists what it changed; what is right already stays. Numbers that are bound for calls get the
    first three, those bound as sms: the address for messages. Exits 1 when a number is not the
    account's, or its calls go elsewhere.
    """
    settings = house().settings
    if settings.development:
        raise click.ClickException("set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN: whose numbers?")
    if not settings.public_url:
        raise click.ClickException(
            f"set PUBLIC_URL: the carrier cannot reach {settings.base_url} by that name"
        )
    make = cast("Callable[[], NumbersAtCarrier]", current_app.extensions[CARRIER])
    bound = [address for address, _ in house().library.bindings()]
    found = sync(make(), bound, settings.base_url, only_look=dry_run)
    if not found:
        raise click.ClickException("no number is bound to a flow: flask flows bind NAME NUMBER")
    for outcome in found:
        _tell(outcome)
    if any(outcome.problem for outcome in found):
        raise click.exceptions.Exit(1)


def _tell(outcome: Outcome) -> None:
    for name, (old, new) in outcome.changed.items():
        click.echo(f"{outcome.number}\t{name}\t{old or '-'}\t{new}")
    if outcome.problem:
        click.echo(f"{outcome.number}: {outcome.problem}", err=True)
    elif not outcome.changed:
        click.echo(f"{outcome.number}\tas it must be")
