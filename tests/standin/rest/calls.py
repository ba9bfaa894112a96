"""Calls: make one, look, list, redirect, end."""

from collections.abc import Iterator
from datetime import datetime

from tests.standin.documents import Kind, Refused, parse
from tests.standin.exchange import Exchange, new_sid
from tests.standin.leg import Leg
from tests.standin.plan import Plan
from tests.standin.rest import shapes
from tests.standin.rest.wire import Answered, Asked, RestError, missing
from tests.support.twiml import Verb

LONGEST_TWIML = 4000


def create(exchange: Exchange, asked: Asked) -> Answered:
    """Make a call; it rings at once unless calls are kept queued."""
    form = asked.form
    verbs = _twiml(form["Twiml"]) if form.get("Twiml") else ()
    if not form.get("To"):
        raise RestError(400, 21201, "No 'To' number is specified")
    if not form.get("From"):
        raise RestError(400, 21213, "No 'From' number is specified")
    if not verbs and not form.get("Url", "").startswith("http"):
        raise RestError(400, 21205, "Url is not a valid URL")
    leg = place(exchange, asked, Plan(url=form.get("Url", ""), verbs=verbs))
    return Answered(shapes.call(leg), 201)


def place(exchange: Exchange, asked: Asked, plan: Plan) -> Leg:
    """Make a leg with what calls and participants have in common."""
    form = asked.form
    plan.method = form.get("Method", "POST")
    plan.fallback = form.get("FallbackUrl", "")
    plan.status = form.get("StatusCallback", "")
    plan.events = asked.words("StatusCallbackEvent", "completed")
    plan.timeout = float(form.get("Timeout", plan.timeout))
    plan.limit = float(form.get("TimeLimit", plan.limit))
    plan.detection = form.get("MachineDetection", "")
    if form.get("AsyncAmd") == "true":
        plan.detected = form.get("AsyncAmdStatusCallback", "")
    leg = Leg(exchange, new_sid("CA"), form["To"], form["From"], "outbound-api", plan)
    if not exchange.faults.keep_queued:
        leg.dial()
    return leg


def _twiml(text: str) -> tuple[Verb, ...]:
    if len(text) > LONGEST_TWIML:
        raise RestError(400, 32018, f"Twiml is longer than {LONGEST_TWIML} characters")
    try:
        return parse(text.encode(), Kind.MAIN)
    except Refused as problem:
        raise RestError(400, problem.code, str(problem)) from problem


def found(exchange: Exchange, asked: Asked, sid: str) -> Leg:
    """The call of an id."""
    if sid not in exchange.legs:
        raise missing(asked.path)
    return exchange.legs[sid]


def fetch(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """Look at a call."""
    return Answered(shapes.call(found(exchange, asked, sid)))


def listed(exchange: Exchange, asked: Asked) -> Answered:
    """List calls, the newest first."""
    return shapes.page(asked, "calls", _matching(exchange, asked), shapes.call)


def _matching(exchange: Exchange, asked: Asked) -> Iterator[Leg]:
    form = asked.form
    for leg in reversed(list(exchange.legs.values())):
        wanted = {"To": leg.to, "From": leg.sender, "Status": leg.status}
        wanted["ParentCallSid"] = leg.parent
        began = (leg.started or leg.created).replace(microsecond=0)
        if all(form.get(name, value) == value for name, value in wanted.items()) and (
            within(began, "StartTime", asked)
            and within(leg.ended or began, "EndTime", asked, exists=leg.ended is not None)
        ):
            yield leg


def within(moment: datetime, name: str, asked: Asked, *, exists: bool = True) -> bool:
    """Whether a time fits its filters: `StartTime` is a day, `StartTime<` and `StartTime>` moments.

    Both include the moment itself. What does not exist yet fits no filter.
    """
    for field, text in asked.form.items():
        if field not in {name, f"{name}<", f"{name}>"}:
            continue
        limit = datetime.fromisoformat(text)
        limit = limit if limit.tzinfo else limit.replace(tzinfo=moment.tzinfo)
        early = moment < limit and field == f"{name}>"
        late = moment > limit and field == f"{name}<"
        other_day = field == name and moment.date() != limit.date()
        if not exists or early or late or other_day:
            return False
    return True


def update(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """Redirect a live call, or end it."""
    leg, form = found(exchange, asked, sid), asked.form
    if leg.over:
        raise RestError(400, 21220, "Call is not in-progress. Cannot redirect.")
    if "Status" in form:
        _end(leg, form["Status"])
    elif "Url" in form or "Twiml" in form:
        _redirect(leg, asked)
    return Answered(shapes.call(leg))


def _end(leg: Leg, status: str) -> None:
    """`canceled` touches only what is not answered; `completed` ends whatever there is."""
    if status not in {"completed", "canceled"}:
        raise RestError(400, 21218, f"Invalid status {status!r}")
    if leg.answered is None:
        leg.end("canceled", 487)
    elif status == "completed":
        leg.end("completed")


def _redirect(leg: Leg, asked: Asked) -> None:
    form = asked.form
    if leg.status != "in-progress":
        raise RestError(400, 21220, "Call is not in-progress. Cannot redirect.")
    leg.plan.fallback = form.get("FallbackUrl", leg.plan.fallback)
    if form.get("Twiml"):
        verbs = _twiml(form["Twiml"])
        leg.redirect(lambda: leg.main.play(verbs))
    else:
        leg.redirect(lambda: leg.main.fetch(form["Url"], method=form.get("Method", "POST")))
