"""Keeps compiled flows: a version never changes, so it is loaded once per process."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from flow.flow import Flow
from flow.language.load import load
from flow.ledger import Version
from runner.ports import Store, Work

_KEPT = 512
"""Versions kept in memory; the oldest unused one goes first."""


class MissingVersion(LookupError):
    """A stored execution names a version that is not there any more."""


class Library:
    """Loads flows by version, together with the module versions an execution is pinned to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._compiled = lru_cache(maxsize=_KEPT)(self._compile)
        self._bound = lru_cache(maxsize=_KEPT)(self._bind)

    def flow(self, version: str, pins: Mapping[str, str]) -> Flow:
        """Give the flow of a version, its modules attached.

        Raises:
            MissingVersion: the store does not have one of them.
        """
        return self._bound(version, tuple(sorted(pins.items())))

    def _bind(self, version: str, pins: tuple[tuple[str, str], ...]) -> Flow:
        modules = {key: self._compiled(module) for key, module in pins}
        return self._compiled(version).with_modules(modules)

    def _compile(self, version: str) -> Flow:
        stored = self._store.version(version)
        if stored is None:
            raise MissingVersion(version)
        return load(stored.source, stored.flow)

    def pin(self, work: Work, version: Version) -> dict[str, str]:
        """Decide which version of every module a new execution will use, nested ones included.

        A module that is not published is left out: the step that enters it fails when reached.
        """
        pins: dict[str, str] = {}
        waiting = list(_modules(self._compiled(version.id)))
        while waiting:
            key = waiting.pop()
            slug, _, spec = key.rpartition("@")
            found = None if key in pins else work.version_of(slug, spec)
            if found is not None:
                pins[key] = found.id
                waiting.extend(_modules(self._compiled(found.id)))
        return pins


def _modules(flow: Flow) -> Iterator[str]:
    for step in flow.steps.values():
        key = step.enters()
        if key:
            yield key
