"""`flask flows test`: the examples, the page that documents the format, and what it finds."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.rules.tree import ROOT
from web.cli.test import test as command

EXAMPLES = ROOT / "examples"
PAGE = (ROOT / "docs" / "dialogues.md").read_text()
NAMED = re.compile(r"```yaml\n# (\S+)\n(.*?)```", re.DOTALL)
RUNS = re.compile(r"```console\n\$ flask flows test (.*?)\n(.*?)```", re.DOTALL)

DESK = """\
linewalk: 1
flow: desk
type: incoming_call
start: ask
steps:
  ask:
    component: menu
    message: Press 1 for sales.
    options: [{exit: sales, keys: "1"}]
    tries: 1
    exits: {sales: call, invalid: bye, timeout: bye}
  call:
    component: forward_call
    to: "+15550100011"
    exits: {busy: bye, no_answer: bye, invalid_number: bye, refused: bye}
  bye:
    component: play
    message: 'Good {{ now | date: "%A" }}.'
    exits: {done: end}
  end:
    component: end
"""


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    flow = tmp_path / "desk.yaml"
    flow.write_text(DESK)
    return flow


def script(flow: Path, text: str) -> Result:
    flow.with_name("desk.dialogue.yaml").write_text(f"dialogues:\n{text}")
    return run(flow)


def test_the_examples_dialogues_pass_and_take_every_exit() -> None:
    result = run(EXAMPLES, "--min-coverage", 100)
    assert result.exit_code == 0, result.output
    flows = [p for p in EXAMPLES.glob("*.yaml") if not p.stem.endswith(".dialogue")]
    assert len(flows) >= 5
    for flow in flows:
        assert re.search(rf"{flow.name}: steps .*\(100 %\), exits .*\(100 %\)", result.output), (
            flow.name
        )


@pytest.mark.parametrize("flow", sorted(p.name for p in EXAMPLES.glob("*.dialogue.yaml")))
def test_each_example_reaches_its_exits_by_its_own_dialogues(flow: str) -> None:
    assert run(EXAMPLES / flow, "--min-coverage", 100).exit_code == 0


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in NAMED.findall(PAGE):
        (tmp_path / name).write_text(f"# {name}\n{text}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_yaml_file_of_the_page_is_named_and_used(page: Path) -> None:
    assert len(NAMED.findall(PAGE)) == PAGE.count("```yaml")
    assert run(page).exit_code == 0


@pytest.mark.parametrize(("arguments", "printed"), RUNS.findall(PAGE))
def test_the_page_shows_what_the_command_prints(page: Path, arguments: str, printed: str) -> None:
    assert run(*arguments.split()).output == printed


FAILING = json.loads((Path(__file__).parent / "dialogues_failing.json").read_text())


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case["name"])
def test_a_dialogue_that_is_not_so_fails_where_it_is_not(desk: Path, case: dict[str, str]) -> None:
    result = script(desk, case["dialogue"])
    assert result.exit_code == 1
    assert f"desk.dialogue.yaml:{case['line']}: {case['says']}" in result.output


BROKEN = json.loads((Path(__file__).parent / "dialogues_broken.json").read_text())


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["name"])
def test_a_mistake_in_a_file_is_told_with_its_line(desk: Path, case: dict[str, str]) -> None:
    desk.with_name("desk.dialogue.yaml").write_text(case["file"])
    result = run(desk)
    assert result.exit_code == 1
    assert f"desk.dialogue.yaml:{case['line']}: {case['says']}" in result.output
    assert "ok " not in result.output


def test_a_failure_shows_the_call_up_to_the_failing_line(desk: Path) -> None:
    result = script(
        desk,
        "  - name: busy\n    talk:\n      - press: 1\n      - dial: busy\n      - expect: Bad\n",
    )
    lines = result.output.splitlines()
    assert lines[0] == f"FAIL {desk}: busy"
    assert "    Press 1 for sales." in lines
    assert lines.index("  » press 1") < lines.index("  » dial busy")
    assert lines.index("    Good Monday.") > lines.index("  » dial busy")
    assert any(line.startswith("  ✗ ") and ":6: 'Bad' was not said" in line for line in lines)


def test_all_mistakes_of_all_files_are_told_at_once(desk: Path) -> None:
    desk.with_name("a.dialogue.yaml").write_text("flow: desk.yaml\ndialogues: []\n")
    result = script(desk, "  - name: x\n    tlk: []\n    at: noon\n")
    assert result.exit_code == 1
    assert "a.dialogue.yaml:2: dialogues: must not be empty" in result.output
    assert "desk.dialogue.yaml:3: dialogues.0.tlk: there is no such field" in result.output
    assert "desk.dialogue.yaml:4: dialogues.0.at: write a time as" in result.output


def test_a_broken_flow_prints_what_check_prints(desk: Path) -> None:
    desk.write_text(DESK.replace("{done: end}", "{done: ende}"))
    result = script(desk, "  - name: x\n")
    assert result.exit_code == 1
    assert f"{desk}:19: bye.exits.done: there is no step 'ende'" in result.output


def test_a_flow_without_dialogues_is_no_success(desk: Path) -> None:
    result = run(desk)
    assert result.exit_code == 1
    assert f"none {desk}: no dialogues (desk.dialogue.yaml)" in result.output


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = run(tmp_path / "none.yaml")
    assert result.exit_code == 1
    assert "none.yaml: there is no such file" in result.output


@pytest.mark.parametrize(("least", "code"), [(0, 0), (25, 0), (26, 1), (100, 1)])
def test_the_least_coverage_is_of_steps_and_of_exits(desk: Path, least: int, code: int) -> None:
    script(desk, "  - name: x\n    talk: [silence]\n    ends: completed\n")
    result = run(desk, "--min-coverage", least)
    assert "steps 3/4 (75 %), exits 2/8 (25 %)" in result.output
    assert "steps not reached: call" in result.output
    assert "ask.sales" in result.output
    assert "ask.timeout" not in result.output
    assert result.exit_code == code


def test_a_connected_error_exit_counts(desk: Path) -> None:
    desk.write_text(DESK.replace("{done: end}", "{done: end, error: end}"))
    assert "exits 2/9" in script(desk, "  - name: x\n    talk: [silence]\n").output


def test_results_for_a_build_server(desk: Path, tmp_path: Path) -> None:
    script(desk, "  - name: good\n    talk: [silence]\n  - name: bad\n    ends: completed\n")
    run(desk, "--junit", tmp_path / "out.xml")
    suite = ET.parse(tmp_path / "out.xml").getroot()  # noqa: S314  our own file
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.get("name") for case in suite] == ["good", "bad"]
    failure = suite.find("testcase[@name='bad']/failure")
    assert failure is not None
    assert "still waits at ask" in str(failure.get("message"))
    assert "Press 1 for sales." in str(failure.text)


def test_a_results_file_that_cannot_be_written(desk: Path, tmp_path: Path) -> None:
    script(desk, "  - name: good\n    talk: [silence]\n")
    result = run(desk, "--junit", tmp_path / "no" / "out.xml")
    assert result.exit_code == 1
    assert "out.xml: cannot be written" in result.output
