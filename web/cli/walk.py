"""`flask flows walk`: talks to a flow in the terminal."""

import os
import secrets
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from desk.conversations import CHANNELS
from flow.language.durations import seconds
from web.cli.simulator.errors import CannotWalk
from web.cli.simulator.terminal import Terminal
from web.cli.simulator.visit import Visit, walk_through


def _pairs(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> Any:
    del context
    for text in given:
        if "=" not in text:
            raise click.BadParameter(f"{text!r} is no NAME=VALUE", param=option)
    return dict(text.split("=", 1) for text in given)


def _moment(context: click.Context, option: click.Parameter, given: str | None) -> Any:
    del context
    try:
        return datetime.fromisoformat(given) if given else None
    except ValueError:
        message = f"{given!r} is no time; write 2026-11-23T10:00"
        raise click.BadParameter(message, param=option) from None


def _names(context: click.Context, option: click.Parameter, given: str | None) -> Any:
    del context, option
    if given is None:
        return None
    return tuple(name.strip() for name in given.split(",") if name.strip())


def _length(context: click.Context, option: click.Parameter, given: str | None) -> Any:
    del context
    try:
        return seconds(given) if given else None
    except ValueError as error:
        raise click.BadParameter(str(error), param=option) from None


@click.command("walk")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--channel",
    type=click.Choice(CHANNELS),
    help="By which channel a flow of messages is written to; default sms.",
)
@click.option("--from", "number", default="", help="Who calls or writes; default +15550123456.")
@click.option("--to", "line", default="", help="The number called; default +15550100001.")
@click.option("--at", callback=_moment, help="Local time of the call; default now.")
@click.option(
    "--set", "values", multiple=True, callback=_pairs, help="An input or variable: NAME=VALUE."
)
@click.option("--secret", "secret", multiple=True, callback=_pairs, help="A secret: NAME=VALUE.")
@click.option("--contacts", type=click.Path(path_type=Path), help="Contacts: a CSV or YAML file.")
@click.option(
    "--http",
    type=click.Choice(["send", "ask"]),
    default="send",
    help="Really send HTTP requests, or ask for their answers.",
)
@click.option(
    "--agents",
    callback=_names,
    help="The ring groups, agents and skills there are, with commas; default whoever is meant.",
)
@click.option("--estimate", callback=_length, help="The likely wait for an agent: 2m, 90s.")
@click.option(
    "--position", type=click.IntRange(1), default=1, help="The place in the line; default 1."
)
@click.option("--seed", default="", help="What chance shall give: the same seed, the same walk.")
def walk(files: tuple[Path, ...], **given: Any) -> None:
    """Talk to a flow in the terminal, or write to it; type ? for help.

    The first FILE is walked; modules are found among the others, then in its folder.
    """
    visit = Visit(
        files,
        environment=os.environ,
        seed=given.pop("seed") or secrets.token_hex(4),
        **{name: value for name, value in given.items() if value not in (None, "", {})},
    )
    _guarded(lambda: walk_through(visit, Terminal(sys.stdin, click.echo)))


def _guarded(work: Callable[[], None]) -> None:
    try:
        work()
    except CannotWalk as error:
        for line in error.lines:
            click.echo(line)
        sys.exit(1)
