"""Lays out labelled boxes in layers and draws them as SVG."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

Edge = tuple[str, str, str]
"""From which box, under which label, to which box."""

_WIDTH, _HEIGHT, _GAP, _LAYER, _MARGIN = 190, 48, 50, 130, 40
_LETTERS = 25
_MIDDLE = "middle"

_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" '
    'font-family="sans-serif" font-size="13">\n'
    '<defs><marker id="tip" markerWidth="9" markerHeight="9" refX="8" refY="4.5" orient="auto">'
    '<path d="M0 0 L9 4.5 L0 9 z" fill="#556"/></marker></defs>\n'
    '<rect width="100%" height="100%" fill="#fff"/>\n'
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a box is: its layer, and its centre and top in pixels."""

    layer: int
    x: float
    top: float

    @property
    def bottom(self) -> float:
        return self.top + _HEIGHT


def draw(start: str, boxes: Mapping[str, tuple[str, str]], edges: Sequence[Edge]) -> str:
    """Draw boxes (name to headline and small print) and labelled arrows, `start` at the top.

    Arrows that lead up run along the right side. All text is escaped.
    """
    layers = _layers(start, list(boxes), edges)
    widest = max((len(layer) for layer in layers), default=1)
    body = widest * (_WIDTH + _GAP) + _MARGIN
    places = _places(layers, body)
    back = [edge for edge in edges if places[edge[2]].layer <= places[edge[0]].layer]
    width = body + _MARGIN + 14 * len(back) + (60 if back else 0)
    height = 2 * _MARGIN + max(1, len(layers)) * _LAYER
    lines, labels = _arrows(edges, back, places, body)
    shapes = [_box(places[name], *texts, first=name == start) for name, texts in boxes.items()]
    return _HEAD.format(w=width, h=height) + "\n".join([*lines, *shapes, *labels, "</svg>\n"])


def _layers(start: str, names: list[str], edges: Iterable[Edge]) -> list[list[str]]:
    following: dict[str, list[str]] = {name: [] for name in names}
    for origin, _, target in edges:
        following[origin].append(target)
    placed: set[str] = set()
    layers: list[list[str]] = []
    for root in [start, *names]:
        depth, layer = 0, [root] if root in following and root not in placed else []
        while layer:
            placed.update(layer)
            if depth == len(layers):
                layers.append([])
            layers[depth].extend(layer)
            ahead = dict.fromkeys(to for name in layer for to in following[name])
            layer = [name for name in ahead if name not in placed]
            depth += 1
    return layers


def _places(layers: list[list[str]], body: int) -> dict[str, _Place]:
    places: dict[str, _Place] = {}
    for index, layer in enumerate(layers):
        room = body / len(layer)
        for position, name in enumerate(layer):
            places[name] = _Place(index, room * (position + 0.5), _MARGIN + index * _LAYER)
    return places


def _box(place: _Place, name: str, kind: str, *, first: bool) -> str:
    x, fill = place.x - _WIDTH / 2, "#d7ecd9" if first else "#eef2fb"
    frame = (
        f'<rect x="{x:.0f}" y="{place.top:.0f}" width="{_WIDTH}" height="{_HEIGHT}" rx="7" '
        f'fill="{fill}" stroke="#556"/>'
    )
    headline = _text(place.x, place.top + 20, name, 'font-weight="bold"')
    small = _text(place.x, place.top + 37, kind, 'fill="#556"')
    return f"<g><title>{escape(name)}: {escape(kind)}</title>{frame}{headline}{small}</g>"


def _text(x: float, y: float, text: str, style: str) -> str:
    shown = text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{_MIDDLE}" {style}>{escape(shown)}</text>'


def _arrows(
    edges: Sequence[Edge], back: Sequence[Edge], places: Mapping[str, _Place], body: int
) -> tuple[list[str], list[str]]:
    lines: list[str] = []
    labels: list[str] = []
    leaving: dict[str, int] = {}
    total = Counter(edge[0] for edge in edges)
    lanes = {edge: body + 30 + 14 * index for index, edge in enumerate(back)}
    for edge in edges:
        origin, label, target = edge
        number = leaving[origin] = leaving.get(origin, 0) + 1
        share = number / (total[origin] + 1)
        x = places[origin].x + (share - 0.5) * _WIDTH
        y = places[origin].bottom
        lines.append(_line(x, y, places[target], lanes.get(edge, 0)))
        # Neighbouring labels stand at different heights, so that they do not cover each other.
        labels.append(_label(x, y + 14 + 13 * ((number - 1) % 3), label))
    return lines, labels


def _line(x: float, y: float, target: _Place, side: float) -> str:
    if side:
        above, into = target.top - 16, target.x + _WIDTH / 4
        path = f"M{x:.0f} {y:.0f} v58 H{side:.0f} V{above:.0f} H{into:.0f} V{target.top:.0f}"
    else:
        bend = (target.top - y) / 2
        path = (
            f"M{x:.0f} {y:.0f} C{x:.0f} {y + bend:.0f} {target.x:.0f} {target.top - bend:.0f} "
            f"{target.x:.0f} {target.top:.0f}"
        )
    return f'<path d="{path}" fill="none" stroke="#556" marker-end="url(#tip)"/>'


def _label(x: float, y: float, text: str) -> str:
    outline = 'fill="#243" font-size="11" stroke="#fff" stroke-width="3" paint-order="stroke"'
    return _text(x, y, text, outline)
