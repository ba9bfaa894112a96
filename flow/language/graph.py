"""Draws a flow for people: as Mermaid text, or as an SVG picture without any other program."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flow.flow import Flow
from flow.language.picture import draw


@dataclass(frozen=True, slots=True)
class Node:
    """One step: its name, its component, and its connected exits as pairs of exit and step."""

    name: str
    component: str
    exits: tuple[tuple[str, str], ...]


def nodes(flow: Flow | Mapping[str, Any]) -> tuple[str, list[Node]]:
    """Give the start and the steps of a flow, or of a document that may not be finished yet."""
    if isinstance(flow, Flow):
        found = [Node(n, s.component, tuple(s.exits.items())) for n, s in flow.steps.items()]
        return flow.start, found
    steps = flow.get("steps")
    raw = steps.items() if isinstance(steps, Mapping) else ()
    return str(flow.get("start", "")), [
        _node(str(name), step if isinstance(step, Mapping) else {}) for name, step in raw
    ]


def _node(name: str, step: Mapping[str, Any]) -> Node:
    exits = step.get("exits")
    pairs = exits.items() if isinstance(exits, Mapping) else ()
    return Node(name, str(step.get("component", "?")), tuple((str(e), str(t)) for e, t in pairs))


def mermaid(flow: Flow | Mapping[str, Any]) -> str:
    """Write a flow chart in Mermaid: a box per step, an arrow per exit.

    A step without exits has rounded ends; an exit to no step leads to a question mark.
    """
    start, found = nodes(flow)
    ids = {node.name: f"s{index}" for index, node in enumerate(found)}
    lines = ["flowchart TD"]
    if start in ids:
        lines.append(f"    start((start)) --> {ids[start]}")
    for node in found:
        text = f'"{_quoted(node.name)}<br/>{_quoted(node.component)}"'
        shape = f"[{text}]" if node.exits else f"([{text}])"
        lines.append(f"    {ids[node.name]}{shape}")
    for node in found:
        for exit_name, target in node.exits:
            to = ids.get(target, "missing")
            lines.append(f'    {ids[node.name]} -->|"{_quoted(exit_name)}"| {to}')
    if any(target not in ids for node in found for _, target in node.exits):
        lines.append("    missing{?}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # Mermaid reads entity codes inside quotes: `#quot;`, `#35;`.
    swaps = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "\n": " "}
    return "".join(swaps.get(letter, letter) for letter in text)


def svg(flow: Flow | Mapping[str, Any]) -> str:
    """Draw a flow as an SVG picture: the start at the top, every exit an arrow with its name."""
    start, found = nodes(flow)
    names = {node.name: (node.name, node.component) for node in found}
    edges = [
        (node.name, exit_name, target)
        for node in found
        for exit_name, target in node.exits
        if target in names
    ]
    return draw(start, names, edges)
