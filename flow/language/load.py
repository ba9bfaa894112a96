"""Makes a flow out of a document's text, and a document's text out of its fields."""

from flow.errors import DocumentError
from flow.flow import Flow
from flow.language.check.references import dangling_exit, start
from flow.language.document import to_flow
from flow.language.dump import dump
from flow.language.parse import parse
from flow.language.problem import Problem

__all__ = ["dump", "load"]


def load(text: str, source: str = "flow.yaml") -> Flow:
    """Load a flow from YAML or JSON so that it can be walked; modules are added by the caller.

    Only what walking needs is checked: the form of everything, and that each step exists that is
    led to. A version published long ago must still load when `check` has learned new rules.

    Raises:
        DocumentError: the document is malformed; its lines are `file:line: step.field: message`.
    """
    parsed = parse(text, source)
    if isinstance(parsed, Problem):
        raise DocumentError([parsed.line_text()])
    problems = [*parsed.malformed(), *start(parsed), *dangling_exit(parsed)]
    if problems:
        ordered = sorted(problems, key=lambda problem: problem.line)
        raise DocumentError([problem.line_text() for problem in ordered])
    return to_flow(parsed.header, parsed.steps)
