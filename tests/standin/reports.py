"""What a call's status callbacks say (contract, 1.4: 'Call status')."""

from typing import TYPE_CHECKING

from tests.standin.plan import TERMINAL

if TYPE_CHECKING:
    from tests.standin.leg import Leg


def report(leg: "Leg", event: str, status: str) -> None:
    """Post one event of a leg, if it was asked for; an answered call's status is in-progress."""
    if event not in leg.plan.events or not leg.plan.status:
        return
    form = {
        **leg.common(),
        "CallStatus": status,
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(leg.sequence),
        "Timestamp": leg.exchange.clock.stamp(),
    }
    leg.sequence += 1
    last = status in TERMINAL
    if last:
        form |= {"CallDuration": str(leg.seconds), "SipResponseCode": str(leg.sip)}
        form |= {"Duration": str(-(-leg.seconds // 60))} if status == "completed" else {}
    if leg.answered_by:
        form["AnsweredBy"] = leg.answered_by
    leg.exchange.callbacks.send("status", leg.sid, leg.plan.status, form, last=last)
