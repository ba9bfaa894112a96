"""Walks the graph of a document's steps for the rules."""

from collections.abc import Iterable, Mapping

from flow.language.parse import Parsed

Edges = Mapping[str, Iterable[str]]


def reachable(document: Parsed, starts: Iterable[str]) -> set[str]:
    """Find the steps that some path from `starts` comes to, the starts included."""
    edges = {step: document.exits(step).values() for step in document.raw}
    return _ahead(edges, starts)


def circles(edges: Edges) -> list[tuple[str, ...]]:
    """Find the groups of names that lead back to themselves, each in the order of `edges`.

    Two names are of one group when each can be reached from the other.
    """
    edges = _knotted(edges)
    backward: dict[str, list[str]] = {}
    for name, following in edges.items():
        for other in following:
            backward.setdefault(other, []).append(name)
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for name in edges:
        group = set() if name in done else _ahead(edges, edges[name])
        if name in group:
            group &= _ahead(backward, backward[name])
            done |= group
            found.append(tuple(other for other in edges if other in group))
    return found


def _ahead(edges: Edges, starts: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    ahead = list(starts)
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead.extend(edges.get(name, ()))
    return seen


def _knotted(edges: Edges) -> dict[str, list[str]]:
    # Names that lead nowhere cannot be in a circle; without them, their predecessors may not.
    left = {
        name: [other for other in following if other in edges] for name, following in edges.items()
    }
    before: dict[str, list[str]] = {}
    for name, following in left.items():
        for other in following:
            before.setdefault(other, []).append(name)
    count = {name: len(following) for name, following in left.items()}
    ends = [name for name, number in count.items() if number == 0]
    while ends:
        end = ends.pop()
        del left[end]
        for name in before.get(end, ()):
            count[name] -= 1
            if count[name] == 0:
                ends.append(name)
    return {name: [o for o in following if o in left] for name, following in left.items()}
