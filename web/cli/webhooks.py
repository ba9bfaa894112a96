"""`flask webhooks …`: who is told of events, and what they have not got yet."""

import click
from flask.cli import with_appcontext

from desk.subscriptions import EVENTS, Backlog, Subscription
from web.cli.errors import plainly
from web.house import house


@click.group("webhooks")
def webhooks() -> None:
    """Keep the subscribers that are told of events."""


@webhooks.command("add")
@click.argument("url")
@click.option("--events", required=True, help=f"With commas: {', '.join(EVENTS)}; or all.")
@with_appcontext
@plainly
def add(url: str, events: str) -> None:
    """Subscribe an address; the secret that signs what is sent stands alone on the last line.

    It is never shown again: whoever loses it subscribes anew and removes the old one. A private
    address must be named in EGRESS_ALLOW.
    """
    wanted = [event.strip() for event in events.split(",") if event.strip()]
    made, secret = house().webhooks.add(url, EVENTS if wanted == ["all"] else wanted)
    click.echo(f"{made.id}: {', '.join(made.events)}; keep this, it is not shown again", err=True)
    click.echo(secret)


@webhooks.command("list")
@with_appcontext
@plainly
def list_command() -> None:
    """List the subscribers: id, state, what is to be sent and was given up, events, address."""
    backlogs = house().webhooks.backlogs()
    for one in house().webhooks.all():
        backlog = backlogs.get(one.id, Backlog())
        owed = f"{backlog.open} to send, {backlog.dead} given up"
        click.echo("\t".join((one.id, _state(one), owed, ",".join(one.events), one.url)))


def _state(one: Subscription) -> str:
    if one.paused is not None:
        return f"paused: {one.reason}"
    return f"failing ({one.failures})" if one.failures else "good"


@webhooks.command("remove")
@click.argument("subscriber", metavar="ID")
@with_appcontext
@plainly
def remove(subscriber: str) -> None:
    """Forget a subscriber, and what was still to be sent there."""
    if not house().webhooks.remove(subscriber):
        raise click.ClickException(_unknown(subscriber))
    click.echo(f"{subscriber} is removed")


@webhooks.command("pause")
@click.argument("subscriber", metavar="ID")
@with_appcontext
@plainly
def pause(subscriber: str) -> None:
    """Send nothing there for now; what happens meanwhile is kept for 30 days."""
    if not house().webhooks.pause(subscriber):
        raise click.ClickException(_unknown(subscriber, "that is not paused"))
    click.echo(f"{subscriber} is paused")


@webhooks.command("resume")
@click.argument("subscriber", metavar="ID")
@with_appcontext
@plainly
def resume(subscriber: str) -> None:
    """Send there again, what was kept first."""
    if not house().webhooks.resume(subscriber):
        raise click.ClickException(_unknown(subscriber, "that is paused"))
    click.echo(f"{subscriber} is resumed")


@webhooks.command("redeliver")
@click.argument("name", metavar="ID|EVENT")
@with_appcontext
@plainly
def redeliver(name: str) -> None:
    """Send again: what was given up for a subscriber, or one event to all who were to get it."""
    count = house().webhooks.redeliver(name)
    if not count:
        raise click.ClickException(f"there is nothing to send again for {name}")
    click.echo(f"{count} {'delivery is' if count == 1 else 'deliveries are'} made again")


def _unknown(subscriber: str, more: str = "") -> str:
    asked = f" {more}" if more else ""
    return f"there is no subscriber {subscriber!r}{asked}; flask webhooks list shows all"
