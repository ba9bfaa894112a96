"""A walk through a flow with a person (or a pipe) as the caller."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desk.dial_rules import DialRules
from flow.component import Component
from flow.context import zone
from flow.effects import LookUpContact
from flow.errors import FlowError
from flow.flow import Flow
from flow.instructions import Enqueue
from web.cli.simulator import words
from web.cli.simulator.actions import HangUp, PassTime, StaySilent, Unsuited, Write
from web.cli.simulator.caller import Caller, channel_of
from web.cli.simulator.choices import choices
from web.cli.simulator.clock import Clock
from web.cli.simulator.contacts import ContactBook, load_contacts
from web.cli.simulator.desk import Desk
from web.cli.simulator.errors import CannotWalk
from web.cli.simulator.http import AskedHttp, RealHttp
from web.cli.simulator.lines import HELP, typed
from web.cli.simulator.modules import Walkable, walkable, with_values
from web.cli.simulator.promise import Promise
from web.cli.simulator.session import Session
from web.cli.simulator.shelf import Shelf
from web.cli.simulator.terminal import Terminal
from web.cli.simulator.world import SimulatedWorld

_FIELD = re.compile(r"\s*([A-Za-z_][\w-]*)\s*=\s*(.*?)\s*")


@dataclass(frozen=True)
class Visit:
    """What a walk was asked to be; see the options of the command."""

    files: tuple[Path, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    line: str = ""
    channel: str = ""
    at: datetime | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict)
    contacts: Path | None = None
    http: str = "send"
    seed: str = "1"
    agents: tuple[str, ...] | None = None
    estimate: float | None = None
    position: int = 1

    def listed(self, name: str) -> tuple[str, ...]:
        """Read a comma list from the environment."""
        parts = self.environment.get(name, "").split(",")
        return tuple(part.strip() for part in parts if part.strip())

    @property
    def zone(self) -> str:
        """The operator's time zone."""
        return self.environment.get("TIMEZONE") or "UTC"

    def begins(self, flow: Flow) -> datetime:
        """When the call arrives, in UTC; a time without offset is the flow's local time.

        Raises:
            CannotWalk: there is no such time zone.
        """
        try:
            local = zone(flow.timezone or self.zone)
        except FlowError as error:
            raise CannotWalk(str(error)) from None
        at = self.at or datetime.now(UTC)
        return (at if at.tzinfo else at.replace(tzinfo=local)).astimezone(UTC)

    def desk(self) -> Desk:
        """Make the contact centre of the walk."""
        names = None if self.agents is None else frozenset(self.agents)
        seconds = None if self.estimate is None else round(self.estimate)
        return Desk(names, seconds, self.position)

    def world(
        self, caller: Caller, book: ContactBook, desk: Desk, terminal: Terminal
    ) -> SimulatedWorld:
        """Make the world of the walk.

        Raises:
            CannotWalk: a setting of the environment is wrong.
        """

        def note(text: str) -> None:
            terminal.write(f"[{text}]")

        def ask(effect: LookUpContact) -> Mapping[str, Any] | None:
            what = f"look up contact by {effect.by} {effect.value}"
            hint = "[Enter = not found, or type: name=Ann, account=123456]"
            line = terminal.read(f"{what} → {hint} ")
            fields = [_FIELD.fullmatch(part) for part in (line or "").split(",")]
            given = {found[1]: found[2] for found in fields if found}
            return {effect.by: effect.value, **given} if given else None

        real = RealHttp.behind_guard(self.listed("EGRESS_ALLOW"), self.secret, note)
        http = AskedHttp(real, terminal.read) if self.http == "ask" else real
        try:
            rules = DialRules(frozenset(self.listed("DIAL_COUNTRIES")))
        except ValueError as error:
            raise CannotWalk(f"DIAL_COUNTRIES: {error}") from None
        world = SimulatedWorld(caller, http, note, book, rules, desk=desk)
        return replace(world, ask=ask) if terminal.person and self.contacts is None else world


def walk_through(visit: Visit, terminal: Terminal) -> None:
    """Walk the first file of a visit until the flow or the input ends.

    Raises:
        CannotWalk: a file, an option or a setting is wrong.
    """
    shelf = Shelf(visit.files[1:])
    flow = shelf.flow(visit.files[0])
    for line in shelf.warnings:
        terminal.write(line)
    inputs = {name: value for name, value in visit.values.items() if name in flow.inputs}
    others = {name: value for name, value in visit.values.items() if name not in inputs}
    channel = channel_of(flow, visit.channel)
    run = walkable(with_values(flow, others), inputs, channel)
    book = load_contacts(visit.contacts) if visit.contacts else ContactBook()
    caller = Caller.of(visit.number, visit.line, channel, visit.seed).known_in(book)
    clock = Clock(visit.begins(run.flow))
    walker = _Walker(visit, terminal, run, clock)
    desk = visit.desk()
    world = visit.world(caller, book, desk, terminal)
    thread = caller.thread(run.flow)
    session = Session(run.flow, world, clock, walker.hear, visit.zone, desk, thread)
    walker.greet(flow, caller)
    try:
        session.begin(caller.execution(run.flow, clock.now), run.inputs)
    except FlowError as error:
        raise CannotWalk(str(error)) from None
    walker.talk(session)


class _Walker:
    """Shows one walk and passes on what is typed."""

    def __init__(self, visit: Visit, terminal: Terminal, run: Walkable, clock: Clock) -> None:
        self._visit, self._terminal, self._run, self._clock = visit, terminal, run, clock
        self._language = words.default_language(run.flow)
        self._errors = 0

    def greet(self, flow: Flow, caller: Caller) -> None:
        """Say which flow is walked, who calls and when."""
        local = self._clock.now.astimezone(zone(flow.timezone or self._visit.zone))
        when = f"{local:%a %Y-%m-%d %H:%M} {local.tzname()}"
        who = f"{caller.number} → {caller.line}"
        name = flow.title or flow.slug
        kind = f"{flow.type} by {caller.channel}" if caller.channel else flow.type
        self._terminal.write(f"[{name} · {kind} · {who} · {when} · ? for help]")

    def hear(self, part: words.Shown) -> None:
        """Show what the caller hears."""
        for line in words.lines(part, self._language, self._run.flow.voice):
            self._terminal.write(line)

    def talk(self, session: Session) -> None:
        """Read and act until the run is over."""
        self._report(session)
        while not session.over:
            self._terminal.write(self._offer(session))
            line = self._terminal.read()
            if line is None:
                self._leave(session)
                break
            self._do(session, line)
            self._report(session)
        self._terminal.write(f"[the flow {_ended(session)}]")

    def _do(self, session: Session, line: str) -> None:
        waits, before = isinstance(session.question, Enqueue | Promise), self._clock.now
        called = isinstance(session.question, Promise)
        try:
            action = typed(line, session.question, writes=session.thread is not None)
            if isinstance(action, str):
                self._show(session, action)
            else:
                session.act(action)
            moved = called and self._clock.now != before
            if isinstance(action, Write) and session.unread:
                self._terminal.write("[it waits until the flow reads on]")
            if moved or isinstance(action, PassTime) or (waits and isinstance(action, StaySilent)):
                self._terminal.write(f"[it is {self._local(self._clock.now)}]")
        except (Unsuited, ValueError) as error:
            self._terminal.write(f"[{error}]")

    def _leave(self, session: Session) -> None:
        if session.execution.live:
            self._terminal.write("[the caller hangs up]")
            session.act(HangUp())
            self._report(session)
        elif session.thread is not None:
            self._terminal.write("[the contact writes no more]")

    def _offer(self, session: Session) -> str:
        asked, now = session.question, self._clock.now
        if asked is not None:
            step = _current(session) if session.begun else None
            shown = choices(asked, step, holds_agent=session.holds_agent)
            if isinstance(asked, Promise) and asked.sleeps(now):
                return f"[nobody is rung until {self._local(asked.rung_from(now))} · {shown[1:]}"
            if session.timer is not None:
                return f"[until {self._local(session.timer.due)}: {shown[1:]}"
            return shown
        due = session.timer.due if session.timer else self._clock.now
        return f"[nothing happens until {self._local(due)} · Enter or wait 1h]"

    def _local(self, moment: datetime) -> str:
        local = moment.astimezone(zone(self._run.flow.timezone or self._visit.zone))
        return f"{local:%a %Y-%m-%d %H:%M:%S}"

    def _report(self, session: Session) -> None:
        for error in session.errors[self._errors :]:
            self._terminal.write(f"[error in {error}]")
        self._errors = len(session.errors)

    def _show(self, session: Session, command: str) -> None:
        if command == "help":
            self._terminal.write(HELP)
        elif command == "steps":
            for entry in session.history:
                path = self._run.path(entry.path)
                self._terminal.write(f"  {path} → {entry.exit or '(hung up)'}" if path else "")
            self._terminal.write(f"  {self._run.path(session.step)} (now)")
        else:
            for name, value in session.execution.frame.vars.items():
                self._terminal.write(f"  vars.{name} = {value!r}")
            for name, value in session.execution.contact.items():
                self._terminal.write(f"  contact.{name} = {value!r}")


def _current(session: Session) -> Component:
    frame = session.execution.frame
    return session.flow.module(frame.flow).steps[frame.step]


def _ended(session: Session) -> str:
    if not session.begun:
        return "has not begun: it waits for the first message"
    if not session.over:
        return f"still waits at {session.step}"
    return f"has ended: {session.execution.outcome}"
