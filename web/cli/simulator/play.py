"""Plays one dialogue and writes its transcript."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from desk.dial_rules import DialRules
from flow.context import zone
from flow.errors import FlowError
from flow.flow import Flow
from web.cli.simulator import words
from web.cli.simulator.actions import Unsuited
from web.cli.simulator.caller import Caller, channel_of
from web.cli.simulator.clock import Clock
from web.cli.simulator.contacts import ContactBook
from web.cli.simulator.coverage import Visited, visited
from web.cli.simulator.desk import Desk
from web.cli.simulator.dialogue import Dialogue
from web.cli.simulator.errors import CannotWalk
from web.cli.simulator.expecting import check_end, check_heard
from web.cli.simulator.failure import Failed
from web.cli.simulator.modules import walkable, with_values
from web.cli.simulator.script import ScriptedWorld, no_http
from web.cli.simulator.session import Session
from web.cli.simulator.world import SimulatedWorld


@dataclass
class Played:
    """What became of one dialogue: `failure` is None when all was as the script says.

    The last line of `transcript` is the one that failed.
    """

    dialogue: Dialogue
    transcript: list[str] = field(default_factory=list)
    visited: Visited = frozenset()
    failure: Failed | None = None


def play(dialogue: Dialogue, flow: Flow) -> Played:
    """Play a dialogue with its flow; nothing that is wrong is raised."""
    played = Played(dialogue)
    try:
        stage = _Stage(dialogue, flow, played.transcript)
        try:
            stage.perform()
        finally:
            played.visited = visited(stage.run, stage.session)
    except Failed as failure:
        played.failure = failure
    except (CannotWalk, FlowError) as error:
        played.failure = Failed(str(error), "name")
    if played.failure is not None:
        played.transcript.append(f"  ✗ {played.failure}")
    return played


class _Stage:
    """One performance: the run, its world, and what was heard since the caller did anything."""

    def __init__(self, dialogue: Dialogue, flow: Flow, transcript: list[str]) -> None:
        self.dialogue, self._transcript = dialogue, transcript
        channel = channel_of(flow, next(iter(dialogue.channel), ""))
        self.run = walkable(with_values(flow, dialogue.variables), dialogue.inputs, channel)
        self._heard: list[words.Shown] = []
        self._language = words.default_language(self.run.flow)
        caller = Caller.of(dialogue.number, dialogue.line, channel, dialogue.seed)
        book = ContactBook(dialogue.contacts)
        if dialogue.contact is not None:
            book.add({caller.named_by: caller.number, **dialogue.contact})
        caller = caller.known_in(book)
        clock = Clock(_begins(dialogue, flow))
        desk = _desk(dialogue)
        rest = SimulatedWorld(caller, no_http, self._note, book, _rules(dialogue), desk=desk)
        self._world = ScriptedWorld(dialogue, rest, clock)
        thread = caller.thread(self.run.flow)
        self.session = Session(
            self.run.flow, self._world, clock, self._hear, desk=desk, thread=thread
        )
        self.session.execution = caller.execution(self.run.flow, clock.now)

    def perform(self) -> None:
        """Go through the talk, then look at the end.

        Raises:
            Failed: something is not as the script says.
        """
        session, run = self.session, self.run
        self._walk(lambda: session.begin(session.execution, run.inputs), "name")
        for index, entry in enumerate(self.dialogue.talk):
            action = entry.action()
            if action is None:
                self._expect(index)
                continue
            self._transcript.append(f"  » {entry.line()}")
            self._heard.clear()
            self._walk(lambda act=action: session.act(act), "talk", index)  # type: ignore[misc]  # a default keeps this round's action
        check_end(self.dialogue.ends, session, run)
        self._check_errors()
        self._check_used_up()

    def _walk(self, work: Callable[[], None], *place: str | int) -> None:
        try:
            work()
        except Unsuited as error:
            raise Failed(str(error), *place) from None
        except Failed as failure:
            failure.place = failure.place or place
            raise
        if self.session.crash is not None:
            kind = type(self.session.crash).__name__
            raise Failed(f"a component failed with {kind}: this is a fault of Linewalk", *place)

    def _expect(self, index: int) -> None:
        for expected in self.dialogue.talk[index].expect or ():
            try:
                check_heard(expected, self._heard)
            except Failed as failure:
                failure.place = ("talk", index)
                raise

    def _check_errors(self) -> None:
        met = self.session.errors
        for index, wanted in enumerate(self.dialogue.errors):
            if not any(wanted in error for error in met):
                raise Failed(f"no step reported {wanted!r}", "errors", index)
        for error in met:
            if not any(wanted in error for wanted in self.dialogue.errors):
                raise Failed(f"a step failed: {error}", "name")

    def _check_used_up(self) -> None:
        for answers in (self._world.http, self._world.effects):
            left = answers.left()
            if left is not None:
                raise Failed("nothing asked for this answer", answers.section, left)

    def _hear(self, part: words.Shown) -> None:
        self._heard.append(part)
        for line in words.lines(part, self._language, self.run.flow.voice):
            self._transcript.append(f"    {line}")

    def _note(self, text: str) -> None:
        self._transcript.append(f"    [{text}]")


def _begins(dialogue: Dialogue, flow: Flow) -> datetime:
    at = dialogue.at
    local = at if at.tzinfo else at.replace(tzinfo=zone(flow.timezone or "UTC"))
    return local.astimezone(UTC)


def _desk(dialogue: Dialogue) -> Desk:
    names, estimate = dialogue.agents, dialogue.estimate
    seconds = None if estimate.seconds is None else round(estimate.seconds)
    return Desk(None if names is None else frozenset(names), seconds, estimate.position)


def _rules(dialogue: Dialogue) -> DialRules:
    try:
        return DialRules(frozenset(dialogue.dial_countries))
    except ValueError as error:
        raise Failed(str(error), "dial-countries") from None
