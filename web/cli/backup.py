"""`flask backup FILE` and `flask restore FILE`: one archive of everything, while calls go on."""

from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import with_appcontext

from web.backup import Done, back_up, restore
from web.cli.errors import plainly
from web.house import house, now

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=_FILE)
@click.option("--with-key", is_flag=True, help="Put secret.key into it; it opens every secret.")
@with_appcontext
@plainly
def backup_command(file: Path, with_key: bool) -> None:  # noqa: FBT001  click passes options by name
    """Write everything into one archive, while the server runs.

    The archive holds the database as of one moment, the prompts, recordings and files of messages,
    with a checksum of each. Whoever has it can read all of that; secrets and secret digits need
    the key besides, which is not in it unless you say so.
    """
    here = house()
    done = back_up(here.settings, here.database, file.absolute(), now(), key=with_key)
    click.echo(f"{file}: the database, {_sounds(done)}")
    if done.key:
        click.echo("It holds secret.key: whoever has this file can open every secret in it.")
    else:
        click.echo("It does not hold the key: keep secret.key (or SECRET_KEY) in another place.")


def restore_command(migrate_jobs: Callable[[str], None]) -> click.Command:
    """Make the command; `migrate_jobs` brings the job library's tables up to date."""

    @click.command("restore")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--replace", is_flag=True, help="Put it in the place of what is here.")
    @click.option("--yes", is_flag=True, help="Do not ask.")
    @with_appcontext
    @plainly
    def command(file: Path, replace: bool, yes: bool) -> None:  # noqa: FBT001  click passes options by name
        """Restore an archive into an empty installation, or with --replace in the place of one.

        The whole archive is checked before anything is touched. An older one is brought up to
        this version. The database changes in one moment, also under a server that runs; restart
        its processes then, for they remember what was.
        """
        here = house()
        if replace and not yes:
            click.confirm(
                f"Everything in {here.settings.data_dir} and its database is lost. Go on?",
                abort=True,
            )
        done = restore(here.settings, lambda: here.database, file, migrate_jobs, replace=replace)
        click.echo(f"restored as of {done.made}: the database, {_sounds(done)}")
        click.echo("Restart the server's processes now, if any ran meanwhile.")

    return command


def _sounds(done: Done) -> str:
    return ", ".join(f"{count} file(s) of {name}" for name, count in done.files.items())
