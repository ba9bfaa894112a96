"""Rules about templates: that they parse, and that what they read exists."""

from collections.abc import Iterator, Mapping

from flow.language.check.modules import outputs_of
from flow.language.check.reading import Template, templates_of
from flow.language.nearest import did_you_mean, listed
from flow.language.parse import Parsed
from flow.language.problem import Problem
from flow.language.templates import filter_names

_ROOTS = ("vars", "inputs", "contact", "call", "channel", "flow", "now", "today", "steps")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "flow": ("name", "title", "execution"),
    "channel": ("type", "address"),
    "message": ("id", "text", "from", "to", "subject", "media"),
}
_WITH_SECRETS = ("http_request",)
_ALWAYS = "error"
"""The output that every step stores when it fails."""


def parses(document: Parsed) -> Iterator[Problem]:
    """Every template is valid Liquid and uses filters that exist."""
    for found in templates_of(document):
        if found.fault:
            message = f"the template does not parse: {found.fault}"
            yield document.problem(message, found.step, found.path)
        for name in found.filters:
            near = did_you_mean(name, filter_names())
            message = f"there is no filter {name!r}{near}"
            yield document.problem(message, found.step, found.path)


def known_names(document: Parsed) -> Iterator[Problem]:
    """Every name that a template reads exists: variables, inputs, outputs of steps."""
    names = _Names(document)
    for found in templates_of(document):
        for path in found.names:
            message = names.fault(path, found)
            if message:
                yield document.problem(message, found.step, found.path)


def unused_variable(document: Parsed) -> Iterator[Problem]:
    """A declared variable is read somewhere; else it may be a slip of the pen."""
    read = {path[:2] for found in templates_of(document) for path in found.names}
    broken = any(found.fault for found in templates_of(document))
    if ("vars",) in read or broken:
        return
    for name in document.header.variables:
        if ("vars", name) not in read:
            message = "this variable is never read; remove it or use {{ vars." + name + " }}"
            yield document.problem(message, path=("variables", name), severity="warning")


def variables_set(document: Parsed) -> set[str]:
    """Name the variables that a document declares or that one of its steps sets."""
    names = set(document.declared("variables"))
    for step, raw in document.raw.items():
        fields = ["save"]
        fields += ["values"] if document.component(step) == "set_variables" else []
        fields += ["outputs"] if document.component(step) == "run_module" else []
        for field in fields:
            given = raw.get(field)
            names.update(given if isinstance(given, Mapping) else ())
    return names


class _Names:
    """What the templates of one document may read."""

    def __init__(self, document: Parsed) -> None:
        self.document = document
        self.variables = variables_set(document)
        self.roots: tuple[str, ...] = _ROOTS
        if document.type in ("incoming_message", "module", "") or _opens(document):
            self.roots = (*_ROOTS, "message")

    def fault(self, path: tuple[str, ...], found: Template) -> str:
        """Say what is wrong with one name; empty when nothing is."""
        root, rest = path[0], path[1:]
        if root == "result" and found.path[:1] == ("save",):
            return self._output(found.step, rest, "result")
        if root == "secrets":
            return self._secrets(found)
        if root not in self.roots:
            near = did_you_mean(root, self.roots) or f"; it may begin with {listed(self.roots)}"
            return f"there is no {root!r}{near}"
        return self._inside(root, rest)

    def _inside(self, root: str, rest: tuple[str, ...]) -> str:
        if not rest:
            return ""
        name = rest[0]
        if root == "vars" and name not in self.variables:
            near = did_you_mean(name, self.variables) or "; declare it under variables"
            return f"no variable is called {name!r}{near}"
        if root == "inputs":
            return self._input(name)
        if root == "steps":
            return self._step(name, rest[1:])
        if root in _FIELDS and name not in _FIELDS[root]:
            return f"{root} has no {name!r}; it has {listed(_FIELDS[root])}"
        return ""

    def _input(self, name: str) -> str:
        known = self.document.declared("inputs")
        if name in known:
            return ""
        return f"no input is called {name!r}{did_you_mean(name, known) or '; declare it'}"

    def _step(self, name: str, rest: tuple[str, ...]) -> str:
        if name not in self.document.names:
            return f"there is no step {name!r}{did_you_mean(name, self.document.names)}"
        return self._output(name, rest, f"step {name!r}")

    def _output(self, step: str, rest: tuple[str, ...], what: str) -> str:
        built = self.document.steps.get(step)
        outputs = outputs_of(built) if built and rest else None
        if outputs is None or rest[0] in (*outputs, _ALWAYS):
            return ""
        near = did_you_mean(rest[0], outputs) or f"; it has {listed(outputs)}"
        return f"{what} has no {rest[0]!r}{near}"

    def _secrets(self, found: Template) -> str:
        component = self.document.component(found.step) if found.step else ""
        if component in _WITH_SECRETS and found.path[:1] != ("save",):
            return ""
        return f"secrets can only be used in the fields of {listed(_WITH_SECRETS)}"


def _opens(document: Parsed) -> bool:
    """Say whether a step begins a conversation, whose messages may be read then."""
    raw = document.raw.values()
    return any(step.get("component") == "send_message" and step.get("to") for step in raw)
