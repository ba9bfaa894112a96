"""How modules are found: among the documents first, then by whoever knows what is published."""

from pathlib import Path

from flow.flow import Flow
from flow.language.check import check
from flow.language.load import load

GOOD = Path(__file__).parent / "good"
CALLER = (GOOD / "everything.yaml").read_text()
MODULE = (GOOD / "identify.yaml").read_text()


def test_a_module_nobody_knows_is_an_error() -> None:
    (problem,) = [p for p in check([("a.yaml", CALLER)]) if p.field == "module"]
    assert problem.message == "there is no module 'identify'"


def test_a_published_module_is_asked_for_with_its_version() -> None:
    asked: list[tuple[str, str]] = []

    def resolve(slug: str, version: str) -> Flow:
        asked.append((slug, version))
        return load(MODULE)

    text = CALLER.replace("module: identify", "module: identify\n    version: 3")
    assert check([("a.yaml", text)], resolve) == []
    assert set(asked) == {("identify", "3")}


def test_a_published_module_is_checked_as_a_document_is() -> None:
    text = CALLER.replace("known: tell, unknown", "known: tell, nobody")
    found = check([("a.yaml", text)], lambda _slug, _version: load(MODULE))
    assert [problem.message for problem in found] == [
        "identify may leave by 'unknown', which is not connected",
        "identify has no exit 'nobody'",
    ]


def test_modules_that_enter_each_other_are_warned_of() -> None:
    def module(name: str, other: str) -> str:
        return (
            f"linewalk: 1\nflow: {name}\ntype: module\nexits: [done]\nstart: go\nsteps:\n"
            f"  go: {{component: run_module, module: {other}, exits: {{done: back}}}}\n"
            "  back: {component: return, exit: done}\n"
        )

    found = check([("one.yaml", module("one", "two")), ("two.yaml", module("two", "one"))])
    assert [problem.line_text() for problem in found] == [
        "one.yaml:7: go.module: warning: modules that enter each other (one → two → one)",
        "two.yaml:7: go.module: warning: modules that enter each other (one → two → one)",
    ]


def test_a_secret_may_only_go_into_a_secret_input() -> None:
    module = MODULE.replace("pin: {type: string, secret: true}", "pin: {type: string}")
    documents = [("a.yaml", CALLER), ("b.yaml", module)]
    (problem,) = check(documents)
    assert problem.line_text().startswith("a.yaml:38: identify.inputs.pin: inputs.pin holds")
