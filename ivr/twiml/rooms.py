"""The verbs of waiting and joining: <Enqueue>, <Leave>, <Dial><Conference>."""

from twilio.twiml import TwiML
from twilio.twiml import voice_response as verbs

from flow.instructions import Enqueue, Join
from ivr.addresses import OVERRIDES, hinted, waiting_address
from ivr.twiml.spoken import Sounds
from ivr.twiml.text import clean

NAME = 64
"""Characters of a queue's or a room's name, at the most (the carrier's <Enqueue> page)."""


def add_enqueue(parent: TwiML, enqueue: Enqueue, action: str) -> None:
    """Let the contact wait: the waiting room's address is asked again and again what is heard."""
    parent.nest(
        verbs.Enqueue(
            name=clean(enqueue.queue)[:NAME].strip() or "queue",
            action=hinted(action, "queue"),
            method="POST",
            wait_url=f"{waiting_address(action)}{OVERRIDES}",
            wait_url_method="POST",
        )
    )


def add_join(parent: TwiML, join: Join, action: str, sounds: Sounds) -> None:
    """Bring the party into a conference; its music is a sound, which the carrier repeats."""
    music = sounds.prompt(join.music) if join.music else None
    node = verbs.Dial(action=hinted(action, "dial"), method="POST")
    node.nest(
        verbs.Conference(
            clean(join.room)[:NAME],
            beep="false",
            start_conference_on_enter=join.starts,
            end_conference_on_exit=join.ends,
            wait_url=music or "",
            wait_method="GET" if music else None,
            muted=join.muted or None,
            coach=join.coach or None,
        )
    )
    parent.nest(node)


def add_leave(parent: TwiML) -> None:
    """Let the contact out of the waiting room; the carrier then asks what is next."""
    parent.nest(verbs.Leave())
