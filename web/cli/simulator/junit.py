"""Writes results as JUnit XML, which build servers read."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

from web.cli.simulator.report import Outcome


def write_junit(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Write one test case per dialogue; a failure's text is the transcript."""
    failures = sum(not outcome.passed for outcome in outcomes)
    suite = Element("testsuite", name="dialogues", tests=str(len(outcomes)), failures=str(failures))
    for outcome in outcomes:
        name = outcome.played.dialogue.name
        case = SubElement(suite, "testcase", classname=str(outcome.script.flow), name=name)
        if not outcome.passed:
            failure = SubElement(case, "failure", message=outcome.reason)
            failure.text = "\n".join(outcome.played.transcript)
    ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
