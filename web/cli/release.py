"""`flask release`: what has to be done once before this version serves: migrate, first examples."""

from collections.abc import Callable, Iterable
from pathlib import Path

import click
from flask.cli import with_appcontext

from flow.language.load import load
from runner.errors import BadSettings
from store.migrate import upgrade
from web.cli.documents import checked, is_document
from web.cli.errors import plainly
from web.house import house, now

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

NUMBERS = {
    "support-line": "+15550100001",
    "front-desk": "+15550100002",
    "bank-line": "+15550100003",
    "tip-line": "+15550100004",
    "queue": "+15550100005",
}
"""The example flows and the example numbers they are first bound to."""

THREADS = {
    "chat:demo": "post-chat-csat",
    "sms:+15550100002": "auto-reply",
    "sms:+15550100003": "order-status",
    "whatsapp:+15550100002": "auto-reply",
    "mailto:support@example.com": "auto-reply",
}
"""Where the examples are first written to."""


def release_command(migrate_jobs: Callable[[str], None]) -> click.Command:
    """Make the command; `migrate_jobs` brings the job library's tables up to date."""

    @click.command("release")
    @with_appcontext
    @plainly
    def release() -> None:
        """Migrate the database; on a new one, publish the examples; say where to go."""
        settings = house().settings
        _make_folder(settings.data_dir)
        upgrade(settings.database)
        migrate_jobs(settings.database)
        if not house().library.flows():
            _publish_examples()
        _say_where()

    return release


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings(f"DATA_DIR: {path} cannot be made: {error.strerror}") from None


def _publish_examples() -> None:
    files = sorted(path for path in EXAMPLES.iterdir() if is_document(path))
    library = house().library
    for name, text in checked(files):
        flow = load(text, name)
        library.publish(flow.slug, flow.type, text, now())
        if flow.slug in NUMBERS:
            library.bind(NUMBERS[flow.slug], flow.slug, now())
        for address in (a for a, slug in THREADS.items() if slug == flow.slug):
            library.bind(address, flow.slug, now())


def _say_where() -> None:
    settings = house().settings
    click.echo(f"Linewalk at {settings.base_url}")
    click.echo(f"  voice webhook     {settings.base_url}/ivr/voice")
    click.echo(f"  status callback   {settings.base_url}/ivr/status")
    click.echo(f"  fallback          {settings.base_url}/ivr/fallback")
    click.echo("Numbers you can call:")
    bound = house().library.bindings()
    _list(address for address in bound if address[0].startswith("+"))
    click.echo("Addresses you can write to:")
    _list(address for address in bound if not address[0].startswith("+"))
    if settings.development:
        click.echo("Development mode: no signature needed, this machine only (README: going live)")


def _list(bound: Iterable[tuple[str, str]]) -> None:
    for address, flow in bound:
        click.echo(f"  {address}  {flow}")
