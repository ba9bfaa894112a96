"""Finds flow documents on disk: those that were named, and the modules beside them."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from flow.errors import DocumentError
from flow.flow import Flow
from flow.language.check import check
from flow.language.load import load
from flow.language.parse import Parsed, parse
from web.cli.simulator.errors import CannotWalk

DIALOGUES = ".dialogue"
SUFFIXES = (".yaml", ".yml", ".json")


def is_dialogue(path: Path) -> bool:
    """Say whether a file holds dialogues, by its name."""
    return path.suffix in SUFFIXES and path.stem.endswith(DIALOGUES)


@dataclass
class Shelf:
    """The documents at hand, by path; flows are loaded once.

    `warnings` are the lines `check` printed that do not keep a flow from being walked.
    """

    given: tuple[Path, ...] = ()
    warnings: list[str] = field(default_factory=list)
    _texts: dict[Path, str] = field(default_factory=dict)
    _slugs: dict[Path, str] = field(default_factory=dict)
    _flows: dict[Path, Flow] = field(default_factory=dict)

    def flow(self, path: Path) -> Flow:
        """Check and load a flow with every module it may enter.

        Raises:
            CannotWalk: a file cannot be read, or `check` found errors; the lines are `check`'s.
        """
        if path not in self._flows:
            paths = self._needed(path)
            self._check(list(paths.values()))
            modules = {slug: self._load(found) for slug, found in paths.items()}
            keys = {key for flow in modules.values() for key in _entered(flow)}
            known = {key: modules[slug] for key in keys if (slug := _slug(key)) in modules}
            self._flows[path] = modules[self._slug(path)].with_modules(known)
        return self._flows[path]

    def text(self, path: Path) -> str:
        """Read a file as text.

        Raises:
            CannotWalk: it cannot be read.
        """
        if path not in self._texts:
            try:
                self._texts[path] = path.read_text(encoding="utf-8")
            except FileNotFoundError:
                raise CannotWalk(f"{path}: there is no such file") from None
            except (OSError, UnicodeDecodeError):
                raise CannotWalk(f"{path}: cannot be read as text") from None
        return self._texts[path]

    def _needed(self, path: Path) -> dict[str, Path]:
        """Give the documents a flow needs by their slug, itself first."""
        found: dict[str, Path] = {}
        waiting = [path]
        while waiting:
            current = waiting.pop()
            found[self._slug(current)] = current
            parsed = parse(self.text(current), str(current))
            slugs = _modules(parsed) if isinstance(parsed, Parsed) else []
            for slug in slugs:
                module = None if slug in found else self._find(slug, current.parent)
                if module is not None:
                    waiting.append(module)
        return found

    def _find(self, slug: str, folder: Path) -> Path | None:
        siblings = (p for p in sorted(folder.iterdir()) if p.suffix in SUFFIXES)
        for path in (*self.given, *siblings):
            if not is_dialogue(path) and self._slug(path) == slug:
                return path
        return None

    def _slug(self, path: Path) -> str:
        if path not in self._slugs:
            try:
                parsed = parse(self.text(path), str(path))
            except CannotWalk:
                parsed = None
            self._slugs[path] = parsed.slug if isinstance(parsed, Parsed) else ""
        return self._slugs[path]

    def _check(self, paths: list[Path]) -> None:
        problems = check([(str(path), self.text(path)) for path in paths])
        if any(problem.is_error for problem in problems):
            raise CannotWalk([problem.line_text() for problem in problems])
        lines = [problem.line_text() for problem in problems]
        self.warnings += [line for line in lines if line not in self.warnings]

    def _load(self, path: Path) -> Flow:
        try:
            return replace(load(self.text(path), str(path)), modules={})
        except DocumentError as error:
            raise CannotWalk(error.problems) from None


def _modules(parsed: Parsed) -> list[str]:
    named = (s.get("module") for s in parsed.raw.values() if s.get("component") == "run_module")
    return [slug for slug in named if isinstance(slug, str)]


def _entered(flow: Flow) -> list[str]:
    return [key for step in flow.steps.values() if (key := step.enters())]


def _slug(key: str) -> str:
    return key.rpartition("@")[0]
