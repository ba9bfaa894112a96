"""`flask flows …`: check, publish and look at flows."""

import difflib
from pathlib import Path

import click
from flask.cli import with_appcontext

from flow.errors import DocumentError
from flow.flow import Flow
from flow.language.graph import mermaid, svg
from flow.language.load import load
from store.addresses import normalised
from store.errors import Missing
from web.cli.documents import checked, is_document, read
from web.cli.errors import plainly, told
from web.house import house, now
from web.publishing import prompts_of, published

_FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)

_DRAWN = (".svg", ".mmd")


@click.group("flows")
def flows() -> None:
    """Check, publish, bind, walk and test flows."""


def _expand(paths: tuple[Path, ...]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = sorted(p for p in path.iterdir() if is_document(p)) if path.is_dir() else [path]
        if not inside:
            raise click.ClickException(f"{path}: there is no flow document in this folder")
        found.extend(inside)
    return list(dict.fromkeys(found))


@flows.command("check")
@_FILES
def check_command(files: tuple[Path, ...]) -> None:
    """Find everything that is wrong with flow files; FILE may be a folder.

    Prints a problem a line, as file:line: step.field: message, and ends with 1 if one of them is
    an error. Modules are looked for among the files, then beside them, then among the published.
    """
    with told():
        pairs = checked(_expand(files), _published)
    click.echo(f"{len(pairs)} flow{'s' if len(pairs) != 1 else ''} checked, no error", err=True)


def _published(slug: str, version: str) -> Flow | None:
    """Find a published module; without settings or database there is none."""
    try:
        return published(house().library, slug, version)
    except Exception:  # noqa: BLE001 `check` needs no database: whatever is wrong with it, there is no module
        return None


@flows.command("publish")
@_FILES
@click.option("--bind", "addresses", multiple=True, help="An address to bind; may be repeated.")
@with_appcontext
@plainly
def publish(files: tuple[Path, ...], addresses: tuple[str, ...]) -> None:
    """Store files as the next versions, publish them, and bind addresses.

    Nothing is published when one of the files has an error. An address is +15550100001,
    sms:+15550100001, whatsapp:+15550100001, chat:NAME or mailto:NAME@DOMAIN.
    """
    pairs = checked(_expand(files), _published)
    loaded = [(load(text, name), text) for name, text in pairs]
    callable_flows = [flow for flow, _ in loaded if flow.type != "module"]
    if addresses and len(callable_flows) != 1:
        raise click.UsageError("--bind needs exactly one flow that is not a module")
    keys = [normalised(address) for address in addresses]
    _need_prompts([flow for flow, _ in loaded])
    for flow, text in loaded:
        version = house().library.publish(flow.slug, flow.type, text, now())
        click.echo(f"{flow.slug}: version {version.number} published")
    for key in keys:
        house().library.bind(key, callable_flows[0].slug, now())
        click.echo(f"{key} -> {callable_flows[0].slug}")


def _need_prompts(loaded: list[Flow]) -> None:
    known = {prompt.name for prompt in house().prompts.list()}
    missing = sorted({name for flow in loaded for name in prompts_of(flow)} - known)
    if missing:
        raise click.ClickException(
            f"there is no prompt {missing[0]!r}: add it with flask prompts add {missing[0]} FILE"
        )


@flows.command("list")
@with_appcontext
@plainly
def list_command() -> None:
    """List the flows with their versions and addresses."""
    bound: dict[str, list[str]] = {}
    for address, flow in house().library.bindings():
        bound.setdefault(flow, []).append(address)
    for entry in house().library.flows():
        published = f"version {entry.published}" if entry.published else "not published"
        line = f"{entry.id}\t{entry.type}\t{published}\t{', '.join(bound.get(entry.id, []))}"
        click.echo(line.rstrip())


@flows.command("export")
@click.argument("name")
@click.option("--version", "number", type=int, help="Another version than the published one.")
@with_appcontext
@plainly
def export(name: str, number: int | None) -> None:
    """Print a flow's document as it was published."""
    click.echo(_source(name, number), nl=False)


def _source(name: str, number: int | None) -> str:
    if number is not None:
        version = house().library.version(name, number)
        if version is None:
            raise Missing(f"flow {name!r} has no version {number}")
        return version.source
    source = house().library.published_source(name)
    if source is None:
        raise Missing(f"flow {name!r} has no published version")
    return source


@flows.command("diff")
@click.argument("name")
@click.argument("a", type=int)
@click.argument("b", type=int)
@with_appcontext
@plainly
def diff(name: str, a: int, b: int) -> None:
    """Compare two versions of a flow."""
    before, after = _source(name, a).splitlines(True), _source(name, b).splitlines(True)
    click.echo("".join(difflib.unified_diff(before, after, f"{name} {a}", f"{name} {b}")), nl=False)


@flows.command("rollback")
@click.argument("name")
@click.argument("number", type=int)
@with_appcontext
@plainly
def rollback(name: str, number: int) -> None:
    """Publish an older version again; live calls stay on theirs."""
    version = house().library.publish_version(name, number)
    click.echo(f"{name}: version {version.number} published")


@flows.command("archive")
@click.argument("name")
@click.argument("number", type=int)
@with_appcontext
@plainly
def archive(name: str, number: int) -> None:
    """Take a version out of use."""
    version = house().library.archive(name, number)
    click.echo(f"{name}: version {version.number} archived")


@flows.command("bind")
@click.argument("name")
@click.argument("address")
@with_appcontext
@plainly
def bind(name: str, address: str) -> None:
    """Bind an address to a flow, instead of any other."""
    click.echo(f"{house().library.bind(address, name, now())} -> {name}")


@flows.command("unbind")
@click.argument("address")
@with_appcontext
@plainly
def unbind(address: str) -> None:
    """Free an address."""
    if not house().library.unbind(address):
        raise click.ClickException(f"{address} is not bound")
    click.echo(f"{address} is free")


def _picture(context: click.Context, option: click.Parameter, given: Path | None) -> Path | None:
    del context
    if given is not None and given.suffix not in _DRAWN:
        raise click.BadParameter(f"{given} must end in .svg or .mmd", param=option)
    return given


@flows.command("graph")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "out",
    metavar="FILE",
    callback=_picture,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write FILE.svg, a picture, or FILE.mmd.",
)
def graph(file: Path, out: Path | None) -> None:
    """Draw a flow: Mermaid on standard output, or a picture with -o FILE.svg."""
    with told():
        [(name, text)] = read([file])
        try:
            flow = load(text, name)
        except DocumentError as error:
            click.echo(str(error))
            raise SystemExit(1) from None
        if out is None:
            click.echo(mermaid(flow), nl=False)
            return
        out.write_text(svg(flow) if out.suffix == ".svg" else mermaid(flow), "utf-8")
