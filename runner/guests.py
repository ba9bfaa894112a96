"""What those hear who come into a conversation and are no agents of it: outsiders, supervisors."""

from desk import handling, rooms
from flow.instructions import Collect, Hangup, Instruction, Join, Say
from flow.ledger import Leg
from runner.agent_words import say, spoken_by
from runner.desk import Open

ACCEPTS = "1"
"""The key that takes a call."""

KEY_SECONDS = 10
"""How long an agent may think after hearing whose call it is."""


def question(words: Say, language: str) -> Collect:
    """Say what the call is, and ask for the key that takes it."""
    ask = say("press", language, key=ACCEPTS)
    return Collect((words, ask), max_digits=1, timeout=KEY_SECONDS)


def moved(desk: Open, leg: Leg, digits: str | None) -> tuple[Instruction, ...]:
    """Bring somebody into the room who picked up; `digits` None: no key was asked for yet."""
    if leg.kind == "outside":
        return _outsider(desk, leg)
    found = handling.watcher(desk.floor, leg.id)
    agent = None if found is None else desk.floor.agents.get(found[1].agent)
    if found is None or agent is None:
        return (Hangup(),)
    if agent.asks_for_key and digits is None:
        language = spoken_by(agent)
        return (question(say("supervise", language), language),)
    if agent.asks_for_key and (digits or "")[:1] != ACCEPTS:
        desk.floor.unwatch(leg.id, desk.at)
        return (Hangup(),)
    room = found[0]
    seat = rooms.seats(room, desk.floor.serving(room.contact))[leg.id]
    coached = desk.work.leg(seat.coaches) if seat.coaches else None
    sid = coached.sid if coached else ""
    muted = seat.muted or bool(seat.coaches and not sid)
    return (Join(room.id, ends=False, starts=False, muted=muted, coach=sid),)


def _outsider(desk: Open, leg: Leg) -> tuple[Instruction, ...]:
    """Whoever answers an outside number is in at once, unless the transfer was called off."""
    if leg.id not in desk.floor.offers or desk.floor.accept(leg.id, desk.at) != "accepted":
        return (Hangup(),)
    way = handling.entrance(desk.floor, leg.id)
    return (Hangup(),) if way is None else (Join(way[0], ends=way[1].ends),)
