"""`flask voicemails …`: messages for agents, and who has heard them."""

import click
from flask.cli import with_appcontext

from desk.voicemails import Voicemail, inbox
from web.cli.errors import plainly
from web.house import house, now

_SHOWN = 200
"""Messages one list shows; the API gives all, page by page."""


@click.group("voicemails")
def voicemails() -> None:
    """Look at messages for agents."""


@voicemails.command("list")
@click.option("--agent", default="", metavar="ID", help="Only those for this agent.")
@click.option("--ring-group", default="", metavar="ID", help="Only those for this ring group.")
@click.option("--new", is_flag=True, help="Only those that nobody has heard.")
@with_appcontext
@plainly
def list_command(agent: str, ring_group: str, *, new: bool) -> None:
    """List messages, the newest first: id, when, from whom, seconds, for whom, heard by whom."""
    if agent and ring_group:
        raise click.UsageError("give --agent or --ring-group, not both")
    box = inbox("agent", agent) if agent else ""
    box = inbox("ring_group", ring_group) if ring_group else box
    found = house().voicemails.find(_SHOWN, inbox=box, heard=False if new else None)
    for message in found:
        click.echo("\t".join(_row(message)))
    if not found:
        click.echo("no messages")


@voicemails.command("heard")
@click.argument("voicemail", metavar="ID")
@click.option("--by", default="", metavar="NAME", help="Who has heard it.")
@with_appcontext
@plainly
def heard_command(voicemail: str, by: str) -> None:
    """Mark a message as heard; the first who heard it stays written."""
    if not house().voicemails.hear(voicemail, by, now()):
        raise click.ClickException("there is no such message; flask voicemails list shows them")
    click.echo(f"{voicemail} is heard")


def _row(message: Voicemail) -> tuple[str, ...]:
    known = " ".join(part for part in (message.name, message.number) if part)
    heard = f"heard by {message.heard_by or 'somebody'}" if message.heard else "new"
    return (
        message.id,
        f"{message.at:%Y-%m-%d %H:%M}",
        known or "unknown",
        f"{message.seconds} s",
        ", ".join((*message.inboxes, *message.emails)) or "-",
        heard if message.state == "delivered" else message.state,
    )
