"""Runs every rule over every document."""

from collections.abc import Sequence

from flow.language.check.library import Library, Resolve
from flow.language.check.rules import ALONE, TOGETHER
from flow.language.parse import Parsed, parse
from flow.language.problem import Problem


def check(documents: Sequence[tuple[str, str]], resolve: Resolve | None = None) -> list[Problem]:
    """Find every problem of some documents at once, in their order and by line.

    `documents` are pairs of the name to print and the text. `run_module` finds its modules among
    them, then asks `resolve(slug, version)`. Nothing is raised, however broken a text is.
    """
    taken_apart = [parse(text, source) for source, text in documents]
    found = [document for document in taken_apart if isinstance(document, Problem)]
    library = Library([d for d in taken_apart if isinstance(d, Parsed)], resolve)
    for document in library.documents:
        for alone in ALONE:
            found.extend(alone(document))
        for together in TOGETHER:
            found.extend(together(document, library))
    order = {source: index for index, (source, _) in reversed(list(enumerate(documents)))}
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda problem: (order[problem.source], problem.line))
