"""`flask messages …`: the switch of outgoing messages, what waits, and who wants none."""

import click
from flask.cli import with_appcontext

from desk.conversations import CHANNELS, ChannelName
from web.cli.errors import plainly
from web.house import house

_PAGE = 1_000
"""Opt-outs that are read at once."""

_SENT = tuple(name for name in CHANNELS if name != "chat")
_channel = click.Choice(_SENT)


@click.group("messages")
def messages() -> None:
    """Stop, take back and see outgoing messages, and who wants none (docs/messages.md)."""


@messages.command("stop")
@click.option("--reason", default="", help="What status shows.")
@with_appcontext
@plainly
def stop(reason: str) -> None:
    """Let no SMS, WhatsApp message or e-mail leave any more, in any process, from now on.

    Flows and agents go on writing; what they write waits. Chats go on.
    """
    house().mailroom.stop(reason)
    click.echo("outgoing messages are stopped; flask messages resume lets them leave again")


@messages.command("resume")
@with_appcontext
@plainly
def resume() -> None:
    """Let messages leave again; those that waited leave now."""
    was_stopped = house().mailroom.resume()
    click.echo("outgoing messages may leave again" if was_stopped else "they were not stopped")


@messages.command("status")
@with_appcontext
@plainly
def status() -> None:
    """Say whether messages may leave, and how many wait: channel, sender, number, the oldest."""
    switch = house().mailroom.switch()
    if switch.stopped and switch.since is not None:
        why = f": {switch.reason}" if switch.reason else ""
        click.echo(f"outgoing messages are stopped since {switch.since:%Y-%m-%d %H:%M UTC}{why}")
    else:
        click.echo("outgoing messages may leave")
    for channel, address, count, oldest in house().threads.waiting():
        click.echo(f"{channel}\t{address}\t{count} wait\tsince {oldest:%Y-%m-%d %H:%M:%S UTC}")


@messages.command("cancel")
@click.option("--channel", type=_channel, help="Only of this channel.")
@click.option("--from", "sender", default="", help="Only from this number or mailbox of ours.")
@click.option("--bulk", is_flag=True, help="Only what nobody waits for.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
@plainly
def cancel(channel: str | None, sender: str, bulk: bool, yes: bool) -> None:  # noqa: FBT001  click gives flags so
    """Take back what waits to leave; what is on its way already arrives."""
    if not yes:
        click.confirm("Take back what waits? It will never be sent", abort=True)
    count = house().mailroom.cancel(channel or "", sender, bulk=bulk)
    click.echo(f"{count} message{'' if count == 1 else 's'} taken back")


@messages.command("opt-out")
@click.argument("channel", type=_channel)
@click.argument("address")
@click.option("--from", "sender", default="", help="Only from this address of ours, else from all.")
@with_appcontext
@plainly
def opt_out(channel: ChannelName, address: str, sender: str) -> None:
    """Note that somebody wants no messages by a channel, and take back what waits."""
    _, count = house().wishes.opt_out(channel, address, address=sender)
    click.echo(f"nothing is sent there any more; {count} that waited taken back")


@messages.command("opt-in")
@click.argument("channel", type=_channel)
@click.argument("address")
@click.option("--from", "sender", default="", help="Only from this address of ours, else from all.")
@with_appcontext
@plainly
def opt_in(channel: ChannelName, address: str, sender: str) -> None:
    """Strike somebody off who wants messages again, and has said so."""
    if not house().wishes.opt_in(channel, address, sender):
        raise click.ClickException("nothing is noted there; flask messages opt-outs shows who is")
    click.echo("messages may be sent there again")


@messages.command("opt-outs")
@with_appcontext
@plainly
def opt_outs() -> None:
    """List who wants no messages: channel, address, from which of ours, since when, by whom."""
    last = None
    while page := house().threads.opt_outs(_PAGE, behind=last):
        for one in page:
            row = (one.channel, one.peer, one.address or "all", f"{one.at:%Y-%m-%d}", one.by)
            click.echo("\t".join(row))
        last = (page[-1].at, page[-1].channel, page[-1].peer, page[-1].address)
