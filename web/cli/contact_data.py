"""`flask contacts export`, `erase`, `hold`, `release`: what the law gives a person, or forbids."""

import json
import os
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import click
from flask import current_app
from flask.cli import with_appcontext

from audio.errors import AudioMissing
from desk.keeping import Belongings, Hold, Person, Proof
from runner.media import MediaError
from store.belongings import Finder
from store.export import export
from store.holds import Holds
from web.cli.errors import plainly
from web.house import house, now

if TYPE_CHECKING:
    from runner.erasing import Eraser

ERASER = "linewalk-eraser"
"""Where the application keeps what gives the one who erases."""


@click.command("export")
@click.argument("who")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file.")
@with_appcontext
@plainly
def export_command(who: str, output: Path | None) -> None:
    """Write everything kept of one person into a ZIP file: data as JSON, recordings, files.

    WHO is a number, an e-mail address or a contact's id. What is sealed is not in it.
    """
    person = _known(who)
    found = _finder().of(person)
    data = export(house().database, person, found)
    file = output or Path(f"contact-{now():%Y%m%d-%H%M%S}.zip")
    sounds, files = _write(file, data, found)
    rows = sum(map(len, data.values()))
    click.echo(f"{file}: {rows} entries, {sounds} recordings, {files} files of messages")
    _tell_of_mentions(found)


@click.command("erase")
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
@plainly
def erase_command(who: str, yes: bool) -> None:  # noqa: FBT001  click passes options by name
    """Erase everything of one person: histories, calls, messages, recordings, the contact.

    WHO is a number, an e-mail address or a contact's id. Refused while a call of theirs goes on,
    and while they are held. The proof that is printed and kept names nobody.
    """
    person, _ = _finder().person(who)
    if not yes:
        click.confirm("Everything of this person is erased for good. Go on?", abort=True)
    eraser: Eraser = current_app.extensions[ERASER]()
    proof = eraser.erase(person)
    for line in _report(proof):
        click.echo(line)
    left = eraser.left(person)
    if left.executions or left.calls or left.conversations:
        click.echo("Something came in meanwhile: run it again.")
    _tell_of_mentions(left)


@click.command("hold")
@click.argument("who")
@click.option("--reason", default="", help="Why, for those who ask later; name nobody.")
@with_appcontext
@plainly
def hold_command(who: str, reason: str) -> None:
    """Keep everything of one person: neither time nor an erasure removes it until `release`."""
    person = _known(who)
    Holds(house().database).put(Hold(uuid4().hex, person, reason, now()))
    click.echo("held; flask contacts release ends it")


@click.command("release")
@click.argument("who")
@with_appcontext
@plainly
def release_hold_command(who: str) -> None:
    """End every hold on one person."""
    person, _ = _finder().person(who)
    holds = Holds(house().database)
    count = holds.release([hold.id for hold in holds.on(person)])
    click.echo(f"{count} hold{'' if count == 1 else 's'} ended")


def _known(who: str) -> Person:
    """Find a person; a number or an address needs no contact, an id does."""
    person, row = _finder().person(who)
    if row is None and person.contact:
        raise click.ClickException(
            "there is no contact of this id; a number is written as +15550123456,"
            " an address as name@example.com"
        )
    return person


def _finder() -> Finder:
    return Finder(house().database)


def _write(file: Path, data: object, found: Belongings) -> tuple[int, int]:
    """Write the ZIP file, for its owner only; give how many recordings and files are in it."""
    sounds = files = 0
    descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as raw, zipfile.ZipFile(raw, "w") as packed:
        text = json.dumps(data, indent=1, ensure_ascii=False)
        packed.writestr("contact.json", text, zipfile.ZIP_DEFLATED)
        for sid in sorted(found.recordings):
            try:
                path = house().recordings.open(sid)
            except AudioMissing:
                continue
            packed.write(path, f"recordings/{sid}{path.suffix}")
            sounds += 1
        for name in sorted(found.files):
            with suppress(MediaError):
                packed.write(house().media.open(name), f"media/{name}")
                files += 1
    return sounds, files


def _report(proof: Proof) -> list[str]:
    lines = [f"erasure {proof.id} of {proof.at:%Y-%m-%d %H:%M:%S} UTC"]
    lines += [f"  {number:6} {kind}" for kind, number in proof.counts.items()]
    return [*lines, f"  {proof.total:6} in all"]


def _tell_of_mentions(found: Belongings) -> None:
    if found.mentions:
        click.echo(
            f"{found.mentions} histories of others mention the number or address; they stay"
            " (docs/keeping.md, Mentions)."
        )
