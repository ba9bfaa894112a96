"""The addresses that are handed to the carrier, and reading them when they come back.

All are absolute, below the public address. `q` says what the address was handed out for
(`events.Hint`), `n` counts how often a caller was held because the store was away. Both are
signed, because the carrier signs the address.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from ivr.events import CARRIED, Hint
from ivr.form import fields, whole

OVERRIDES = "#ct=2000&rt=4500&tt=14500&rc=2&rp=ct,rt,5xx"
"""How the carrier shall retry (its page "Webhooks connection overrides"): not signed, not sent.

Two seconds to connect, 4.5 for a turn whose budget is 4, two more tries, all below the hard 15
seconds of voice; never again after a refusal.
"""

VOICE, STATUS, RECORDING = "/ivr/voice", "/ivr/status", "/ivr/recording"
FALLBACK, WAIT, HOLD = "/ivr/fallback", "/ivr/wait/", "/ivr/hold/"

FALLBACK_ONLY = frozenset({"ErrorCode", "ErrorUrl"})
"""Fields that a fallback request has and the request it stands for had not."""

_HOLD = re.compile(r"/ivr/hold/([A-Za-z0-9._-]{1,128})/([A-Za-z0-9_-]{1,128})")
_LEG = re.compile(r"/ivr/leg/([A-Za-z0-9._-]{1,128})/([A-Za-z0-9_-]{1,128})")
_WAIT = re.compile(r"/ivr/wait/([A-Za-z0-9_-]{1,128})/([A-Za-z0-9_-]{1,128})")
_TURN = re.compile(r"/ivr/turn/([A-Za-z0-9_-]{1,128})/([A-Za-z0-9_-]{1,128})")
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request belongs: a turn's `execution` and `token`, both empty for a new call.

    `carried` are harmless form fields that travelled in the query.
    """

    execution: str = ""
    token: str = ""
    hint: str = ""
    held: int = 0
    carried: Mapping[str, str] = field(default_factory=dict)


def turn_address(public_url: str, execution: str, token: str) -> str:
    """Write the address of a turn, as the runner hands it to the renderer."""
    return f"{public_url.rstrip('/')}/ivr/turn/{quote(execution)}/{quote(token)}"


def leg_address(public_url: str, leg: str, token: str) -> str:
    """Write the address of a leg, as the runner hands it to the renderer and to the carrier."""
    return f"{public_url.rstrip('/')}/ivr/leg/{quote(leg)}/{quote(token)}"


def hold_address(public_url: str, leg: str, token: str) -> str:
    """Write the address of what a contact hears who is on hold; `leg` names the room."""
    return f"{public_url.rstrip('/')}{HOLD}{quote(leg)}/{quote(token)}"


def leg_status(public_url: str, leg: str) -> str:
    """Write the address to which the carrier reports how a leg stands."""
    return f"{public_url.rstrip('/')}{STATUS}?leg={quote(leg)}{OVERRIDES}"


def waiting_address(action: str) -> str:
    """Write the address of the waiting room that belongs to a turn's address."""
    return action.partition("#")[0].replace("/ivr/turn/", "/ivr/wait/", 1)


def heard_address(public_url: str, execution: str, token: str, heard: float) -> str:
    """Write the waiting room's address for after so many seconds of waiting."""
    base = waiting_address(turn_address(public_url, execution, token))
    return f"{base}?heard={heard:.1f}"


@dataclass(frozen=True, slots=True)
class Room:
    """Where a request of a leg (`leg/…`), the waiting room (`wait/…`) or on `hold/…` belongs.

    `hint` is as in `Place`; `heard` are the seconds of waiting that were filled before.
    """

    name: str
    token: str
    hint: str = ""
    heard: float = -1.0


def room(path: str, query: str) -> Room | None:
    """Read the address of a leg, a waiting room or hold music; None: it is none of them."""
    match = _LEG.fullmatch(path) or _WAIT.fullmatch(path) or _HOLD.fullmatch(path)
    if match is None:
        return None
    given = _query(query)
    return Room(match[1], match[2], given.get("q", ""), _seconds(given.get("heard", "")))


def leg_of(query: str) -> str:
    """Read which leg a status report's address names; empty for none."""
    return _query(query).get("leg", "")


def hinted(action: str, hint: Hint) -> str:
    """Write an action address with what it is asked for, and how to retry it."""
    bare = action.partition("#")[0]
    return f"{bare}{'&' if '?' in bare else '?'}q={hint}{OVERRIDES}"


def callback(public_url: str, path: str) -> str:
    """Write the address of a status or recording callback."""
    return f"{public_url.rstrip('/')}{path}{OVERRIDES}"


def place(path: str, query: str) -> Place | None:
    """Read a path below the public address and its query; None: it is not one of ours."""
    match = _TURN.fullmatch(path)
    if match is None and path != VOICE:
        return None
    given = _query(query)
    execution, token = match.groups() if match else ("", "")
    carried = {name: given[name] for name in CARRIED if name in given}
    return Place(execution, token, given.get("q", ""), whole(given.get("n", "")) or 0, carried)


def place_of_url(url: str, public_url: str) -> Place | None:
    """Read an address that the carrier says failed; None unless it is one of ours."""
    target = own_target(url, public_url)
    return place(*target) if target else None


def own_target(url: str, public_url: str) -> tuple[str, str] | None:
    """Give path and query of an address below the public one; None: it is not there."""
    try:
        given, own = urlsplit(url), urlsplit(public_url)
        same = _origin(given.scheme, given.hostname, given.port) == _origin(
            own.scheme, own.hostname, own.port
        )
    except ValueError:
        return None
    prefix = own.path.rstrip("/")
    if not same or not given.path.startswith(f"{prefix}/"):
        return None
    return given.path.removeprefix(prefix), given.query


def held_address(public_url: str, where: Place, form: Mapping[str, str]) -> str:
    """Write the address a held caller comes back to.

    Keys and words do not travel in addresses: that question is asked again. What a recording or a
    forwarded call brought is harmless and goes along.
    """
    query: dict[str, str] = {}
    base = f"{public_url.rstrip('/')}{VOICE}"
    if where.execution:
        base = turn_address(public_url, where.execution, where.token)
        query["q"] = "again" if where.hint == "gather" else where.hint
        both = {**where.carried, **form}
        query |= {name: both[name] for name in CARRIED if both.get(name)}
    query["n"] = str(where.held + 1)
    return f"{base}?{urlencode({key: value for key, value in query.items() if value})}{OVERRIDES}"


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return -1.0
    return value if math.isfinite(value) else -1.0


def _query(query: str) -> dict[str, str]:
    try:
        return fields(parse_qsl(query, keep_blank_values=True, max_num_fields=50))
    except ValueError:
        return {}


def _origin(scheme: str, host: str | None, port: int | None) -> tuple[str, str, int]:
    return scheme.lower(), (host or "").lower(), port or _PORTS.get(scheme.lower(), 0)
