"""`flask prompts …`: the sounds flows play by name."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from flow.language.load import load
from web.cli.errors import plainly
from web.house import house
from web.publishing import prompts_of


@click.group("prompts")
def prompts() -> None:
    """Add, list and remove the sounds that flows play by name."""


@prompts.command("add")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
@plainly
def add(name: str, file: Path) -> None:
    """Add a WAV or mp3 file, or replace the one of that name; calls in progress keep theirs."""
    with file.open("rb") as stream:
        prompt = house().prompts.add(name, stream, file.name)
    click.echo(f"{prompt.name}: {prompt.seconds:.1f} s, {prompt.loudness:.1f} LUFS")


@prompts.command("list")
@with_appcontext
@plainly
def list_command() -> None:
    """List the prompts, and the flows that play them."""
    used = _used()
    for prompt in house().prompts.list():
        where = ", ".join(used.get(prompt.name, ())) or "not used"
        click.echo(f"{prompt.name}\t{prompt.seconds:.1f} s\t{prompt.filename}\t{where}")


def _used() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in house().library.flows():
        source = house().library.published_source(entry.id)
        for name in sorted(prompts_of(load(source, entry.id))) if source else ():
            found.setdefault(name, []).append(entry.id)
    return found


@prompts.command("remove")
@click.argument("name")
@with_appcontext
@plainly
def remove(name: str) -> None:
    """Remove a prompt that no published flow plays."""
    users = _used().get(name)
    if users:
        raise click.ClickException(f"{name} is played by {', '.join(users)}: publish those without")
    house().prompts.remove(name)
    click.echo(f"{name} is removed")
