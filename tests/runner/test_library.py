"""Compiled flows: loaded once, pinned with their modules, gone ones named."""

import pytest

from flow.ledger import Version
from runner.library import Library, MissingVersion
from store.library import Library as Shelf
from tests.runner.walks import NOON, Town

MAIN = """
linewalk: 1
flow: main
type: incoming_call
title: Main
language: en-US
start: enter
steps:
  enter: {component: run_module, module: MODULE, exits: {done: end, error: end}}
  end: {component: end}
"""
MODULE = """
linewalk: 1
flow: NAME
type: module
title: Module
language: en-US
exits: [done]
start: out
steps:
  out: STEP
"""
OUT = "{component: return, exit: done}"
DEEPER = "{component: run_module, module: deeper, exits: {done: back}}\n  back: " + OUT


class Counting:
    """A store that counts how often a version is read."""

    def __init__(self, town: Town) -> None:
        self._store, self.reads = town.store, 0

    def version(self, version: str) -> Version | None:
        self.reads += 1
        return self._store.version(version)


def library(town: Town) -> tuple[Library, Counting]:
    store = Counting(town)
    return Library(store), store  # type: ignore[arg-type]  # as much of a store as it uses


def test_a_version_is_compiled_once(town: Town) -> None:
    town.publish()
    with town.store.work() as work:
        version = work.bound("+15550100001")
    assert version is not None
    flows, store = library(town)
    assert flows.flow(version.id, {}) is flows.flow(version.id, {})
    assert store.reads == 1


def test_a_version_that_is_not_there_is_named(town: Town) -> None:
    flows, _ = library(town)
    with pytest.raises(MissingVersion, match="nowhere"):
        flows.flow("nowhere", {})


def test_modules_are_pinned_with_those_inside_them(town: Town) -> None:
    """A call that began on them stays on them, whatever is published meanwhile."""
    shelf = Shelf(town.database)
    for name, step in (("deeper", OUT), ("outer", DEEPER)):
        source = MODULE.replace("NAME", name).replace("STEP", step)
        shelf.publish(name, "module", source, NOON)
    version = shelf.publish("main", "incoming_call", MAIN.replace("MODULE", "outer"), NOON)
    flows, _ = library(town)
    with town.store.work() as work:
        pins = flows.pin(work, version)
    assert {key.split("@")[0] for key in pins} == {"outer", "deeper"}
    shelf.publish("deeper", "module", MODULE.replace("NAME", "deeper").replace("STEP", OUT), NOON)
    with town.store.work() as work:
        fresh = flows.pin(work, version)
    assert {key: pins[key] == fresh[key] for key in pins} == {
        key: key.startswith("outer") for key in pins
    }
    bound = flows.flow(version.id, pins)
    assert [bound.module(key).start for key in pins] == ["out", "out"]


def test_a_module_that_is_not_published_is_left_out(town: Town) -> None:
    shelf = Shelf(town.database)
    version = shelf.publish("main", "incoming_call", MAIN.replace("MODULE", "nobody"), NOON)
    flows, _ = library(town)
    with town.store.work() as work:
        assert flows.pin(work, version) == {}
