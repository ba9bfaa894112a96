"""What has to be right before a flow is published, for the commands and for the API."""

from flow.flow import Flow
from flow.language.load import load
from store.library import Library


def published(library: Library, slug: str, version: str) -> Flow | None:
    """Find a flow among the published ones, as `check` asks for modules: by `latest` or number.

    Raises:
        DocumentError: it was published before a change of the language that it does not know.
    """
    if version == "latest":
        text = library.published_source(slug)
    else:
        stored = library.version(slug, int(version)) if _is_number(version) else None
        text = stored.source if stored else None
    return load(text, slug) if text else None


def _is_number(version: str) -> bool:
    return version.isdecimal() and len(version) <= 9  # noqa: PLR2004  more than any flow has


def prompts_of(flow: Flow) -> set[str]:
    """List the prompts a flow plays by a fixed name."""
    found = {flow.music} if flow.music else set()
    for step in flow.steps.values():
        for name in step.audio_names():
            found.add(name)
    return found
