"""Lays out labelled boxes in layers and draws them as SVG."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

Edge = tuple[str, str, str]
"""From which box, under which label, to which box."""

_WIDTH, _HEIGHT, _GAP, _LAYER, _MARGIN = 190, 48, 50, 160, 40
_TURN = 76
"""How far below its box an arrow that leads up turns aside: below five labels."""
_LABELS = 5
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

    Exits to the same box share one arrow. Arrows that lead up run along the right side, one lane
    for each box they lead to. All text is escaped.
    """
    layers = _layers(start, list(boxes), edges)
    widest = max((len(layer) for layer in layers), default=1)
    body = widest * (_WIDTH + _GAP) + _MARGIN
    places = _places(layers, body)
    up = [to for origin, _, to in edges if places[to].layer <= places[origin].layer]
    lanes = {to: index for index, to in enumerate(dict.fromkeys(up))}
    width = body + _MARGIN + 14 * len(lanes) + (30 if lanes else 0)
    height = 2 * _MARGIN + max(1, len(layers)) * _LAYER
    lines, labels = _arrows(edges, lanes, places, body)
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
    edges: Sequence[Edge], lanes: Mapping[str, int], places: Mapping[str, _Place], body: int
) -> tuple[list[str], list[str]]:
    lines: list[str] = []
    labels: list[str] = []
    for origin, arrows in _gathered(edges).items():
        place, written = places[origin], 0
        for number, (target, names) in enumerate(arrows.items(), start=1):
            x = place.x + (number / (len(arrows) + 1) - 0.5) * _WIDTH
            up = places[target].layer <= place.layer
            if up:
                lines.append(_lane(x, place.bottom, places[target], body, lanes[target]))
            else:
                lines.append(_line(x, place.bottom, places[target]))
            # No two labels of a box stand at the same height, so that none covers another.
            for name in names:
                labels.append(_label(x, place.bottom + 14 + 13 * (written % _LABELS), name))
                written += 1
    return lines, labels


def _gathered(edges: Sequence[Edge]) -> dict[str, dict[str, list[str]]]:
    """Give for each box the boxes its arrows lead to, with the labels of each arrow."""
    found: dict[str, dict[str, list[str]]] = {}
    for origin, label, target in edges:
        found.setdefault(origin, {}).setdefault(target, []).append(label)
    return found


def _line(x: float, y: float, target: _Place) -> str:
    bend = (target.top - y) / 2
    return _arrow(
        f"M{x:.0f} {y:.0f} C{x:.0f} {y + bend:.0f} {target.x:.0f} {target.top - bend:.0f} "
        f"{target.x:.0f} {target.top:.0f}"
    )


def _lane(x: float, y: float, target: _Place, body: int, lane: int) -> str:
    # Each lane turns at a height of its own, so that two of them never look like one.
    aside, apart = body + 30 + 14 * lane, 3 * (lane % 4)
    above, into = target.top - 14 - apart, target.x + _WIDTH / 4
    return _arrow(
        f"M{x:.0f} {y:.0f} V{y + _TURN + apart:.0f} H{aside:.0f} V{above:.0f} H{into:.0f} "
        f"V{target.top:.0f}"
    )


def _arrow(path: str) -> str:
    return f'<path d="{path}" fill="none" stroke="#556" marker-end="url(#tip)"/>'


def _label(x: float, y: float, text: str) -> str:
    outline = 'fill="#243" font-size="11" stroke="#fff" stroke-width="3" paint-order="stroke"'
    return _text(x, y, text, outline)
