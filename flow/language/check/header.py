"""Rules about the fields around the steps."""

from collections.abc import Iterator

from flow.context import zone
from flow.errors import StepError
from flow.kinds import coerce
from flow.language.check.library import Library
from flow.language.parse import Parsed
from flow.language.problem import Problem
from flow.language.templates import is_name, is_template


def timezone(document: Parsed) -> Iterator[Problem]:
    """The time zone is one of the pinned IANA database."""
    try:
        zone(document.header.timezone or "UTC")
    except StepError as error:
        yield document.problem(f"{error}; write one such as Europe/Lisbon", path=("timezone",))


def music(document: Parsed) -> Iterator[Problem]:
    """The music is the name of a prompt."""
    given = document.header.music
    if given and not is_template(given) and ("/" in given or given != given.strip()):
        message = f"{given!r} is no prompt's name; add the file with `flask prompts add NAME FILE`"
        yield document.problem(message, path=("music",))


def defaults(document: Parsed) -> Iterator[Problem]:
    """A default fits the type it is declared with; a required input needs none."""
    header = document.header
    for section in ("inputs", "variables"):
        for name, declared in getattr(header, section).items():
            default = declared.default
            if isinstance(default, str) and is_template(default):
                continue
            try:
                coerce(default, declared.type, "the default")
            except StepError as error:
                yield document.problem(str(error), path=(section, name, "default"))
            except RecursionError:
                yield document.problem("is nested too deeply", path=(section, name, "default"))


def module_only(document: Parsed) -> Iterator[Problem]:
    """Only a module declares outputs and exits, and its exits are names."""
    header = document.header
    for section in ("outputs", "exits"):
        if getattr(header, section) and document.type not in ("module", ""):
            message = f"only a module has {section}; remove them or make the type module"
            yield document.problem(message, path=(section,))
    for index, name in enumerate(header.exits):
        if not is_name(name) or name in header.exits[:index] or name == "error":
            message = f"{name!r} cannot be an exit here; use each name once, and not error"
            yield document.problem(message, path=("exits", index))


def duplicate_flow(document: Parsed, library: Library) -> Iterator[Problem]:
    """No two documents that are checked together have the same name."""
    for other in library.documents:
        if other is document:
            return
        if other.slug and other.slug == document.slug:
            message = f"{other.source} is called {other.slug} too; every flow has its own name"
            yield document.problem(message, path=("flow",))
            return
