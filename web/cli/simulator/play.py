"""Plays one dialogue and writes its transcript."""

from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from desk.dial_rules import DialRules
from flow.context import zone
from flow.errors import FlowError
from flow.flow import Flow
from flow.instructions import Instruction
from web.cli.simulator import words
from web.cli.simulator.actions import Unsuited
from web.cli.simulator.caller import LINE, NUMBER, Caller
from web.cli.simulator.clock import Clock
from web.cli.simulator.contacts import ContactBook
from web.cli.simulator.coverage import Visited, visited
from web.cli.simulator.dialogue import Dialogue
from web.cli.simulator.errors import CannotWalk
from web.cli.simulator.expecting import check_end, check_heard
from web.cli.simulator.failure import Failed
from web.cli.simulator.modules import Walkable, walkable, with_values
from web.cli.simulator.script import ScriptedWorld
from web.cli.simulator.session import Session
from web.cli.simulator.world import SimulatedWorld


@dataclass
class Played:
    """What became of one dialogue: `failure` is None when all was as the script says."""

    dialogue: Dialogue
    transcript: list[str] = field(default_factory=list)
    visited: Visited = field(default_factory=frozenset)
    failure: Failed | None = None


def play(dialogue: Dialogue, flow: Flow) -> Played:
    """Play a dialogue with its flow; nothing it finds is raised."""
    played = Played(dialogue)
    try:
        stage = _Stage(dialogue, flow, played)
    except CannotWalk as error:
        played.failure = Failed(str(error), "name")
        return played
    try:
        stage.perform()
    except Failed as failure:
        played.failure = failure
    except FlowError as error:
        played.failure = Failed(str(error), "name")
    played.visited = visited(stage.run, stage.session)
    return played


class _Stage:
    """One performance: the run, its world, and what was heard since the caller did anything."""

    def __init__(self, dialogue: Dialogue, flow: Flow, played: Played) -> None:
        self.dialogue, self.played = dialogue, played
        self.run = _prepared(dialogue, flow)
        self.heard: list[Instruction] = []
        book = ContactBook({"number": dialogue.number or NUMBER, **c} for c in dialogue.known[:1])
        for other in dialogue.known[1:]:
            book.add(other)
        number, line = dialogue.number or NUMBER, dialogue.line or LINE
        known = book.find("number", number)
        caller = Caller(number, line, known.values() if known else {}, dialogue.seed)
        clock = Clock(_begins(dialogue, flow))
        rest = SimulatedWorld(caller, _no_http, self._note, book, _rules(dialogue))
        self.world = ScriptedWorld(dialogue, rest, clock)
        self.session = Session(self.run.flow, self.world, clock, self._hear)
        self.session.execution = caller.execution(self.run.flow, clock.now)

    def perform(self) -> None:
        """Go through the talk, then look at the end.

        Raises:
            Failed: something is not as the script says.
        """
        self._walk(lambda: self.session.begin(self.session.execution, self.run.inputs), "name")
        for index, entry in enumerate(self.dialogue.talk):
            action = entry.action()
            self.played.transcript.append(f"    {entry.line()}" if action else "")
            if action is not None:
                self.heard.clear()
                self._walk(lambda act=action: self.session.act(act), "talk", index)
            for expected in entry.expect or ():
                self._check(expected, index)
        self._check_left()
        check_end(self.dialogue.ends, self.session, self.run)
        self._check_errors()
