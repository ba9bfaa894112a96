"""`flask calls …`: the kill switch of outgoing calls, the do-not-call list, what was refused."""

import click
from flask.cli import with_appcontext

from web.cli.errors import plainly
from web.house import house

_PAGE = 1_000
"""Numbers of the do-not-call list that are read at once."""


@click.group("calls")
def calls() -> None:
    """Stop and allow outgoing calls, and see what was refused (docs/outbound.md)."""


@calls.command("stop")
@click.option("--reason", default="", help="What status shows.")
@with_appcontext
@plainly
def stop(reason: str) -> None:
    """Let no outgoing call leave any more, in any process, from now on.

    Calls that are up go on; callers who wait for an agent go on waiting, and nobody is rung.
    """
    house().switchboard.stop(reason)
    click.echo("outgoing calls are stopped; flask calls resume lets them leave again")


@calls.command("resume")
@with_appcontext
@plainly
def resume() -> None:
    """Let outgoing calls leave again; those refused meanwhile stay refused."""
    was_stopped = house().switchboard.resume()
    click.echo("outgoing calls may leave again" if was_stopped else "they were not stopped")


@calls.command("status")
@with_appcontext
@plainly
def status() -> None:
    """Say whether outgoing calls may leave, and how many have left."""
    found = house().switchboard.status()
    gate, tally = found.gate, found.tally
    if gate.stopped and gate.since is not None:
        why = f": {gate.reason}" if gate.reason else ""
        click.echo(f"outgoing calls are stopped since {gate.since:%Y-%m-%d %H:%M UTC}{why}")
    else:
        click.echo("outgoing calls may leave")
    click.echo(
        f"calls to contacts: {len(tally.open)} now, {tally.hour} within the last hour "
        f"({tally.fresh} to new numbers), {tally.day} within 24 hours"
    )


@calls.command("block")
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.option("--reason", default="", help="What the list shows.")
@with_appcontext
@plainly
def block(numbers: tuple[str, ...], reason: str) -> None:
    """Put numbers on the do-not-call list: nobody is called there, or put through."""
    added = house().switchboard.block(numbers, reason)
    click.echo(f"{len(added)} on the do-not-call list")


@calls.command("unblock")
@click.argument("number")
@with_appcontext
@plainly
def unblock(number: str) -> None:
    """Take a number off the do-not-call list."""
    if not house().switchboard.unblock(number):
        raise click.ClickException("it is not on the list; flask calls blocked shows who is")
    click.echo("it may be called again")


@calls.command("blocked")
@with_appcontext
@plainly
def blocked() -> None:
    """List the numbers of the do-not-call list: number, since when, reason."""
    last = ""
    while page := house().switchboard.blocked(last, _PAGE):
        for entry in page:
            click.echo(f"{entry.number}\t{entry.added:%Y-%m-%d}\t{entry.reason or '-'}")
        last = page[-1].number


@calls.command("refusals")
@click.option("--limit", default=50, type=click.IntRange(1, 10_000), help="At most so many lines.")
@with_appcontext
@plainly
def refusals(limit: int) -> None:
    """List the latest refused calls, the newest first.

    When, contact, agent or forward, the number with its middle hidden, the API key's id, the
    reason and its detail, and the leg's id.
    """
    for each in house().switchboard.refusals(limit):
        row = (each.kind, each.number, each.api_key or "-", each.reason, each.detail, each.leg)
        click.echo("\t".join((f"{each.at:%Y-%m-%d %H:%M:%S UTC}", *row)))
