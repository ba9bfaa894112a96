"""`flask flows check` and `graph`: files alone, whatever the environment says."""

import subprocess
from pathlib import Path

import pytest

from tests.support.processes import BIN, ROOT
from tests.web.cli.office import Office

BROKEN = ROOT / "tests" / "flow" / "language" / "broken" / "dangling_exit.yaml"
WRONG = {
    "DATABASE_URL": "oracle://nowhere",
    "PORT": "none",
    "SECRET_KEY": "short",
    "HOST": "198.51.100.1",
}


def flask(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / "flask"), *words],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nowhere", **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_check_needs_no_settings_and_names_the_place() -> None:
    found = flask("flows", "check", str(BROKEN), "examples/tip-line.yaml", **WRONG)
    assert found.returncode == 1
    first = found.stdout.splitlines()[0]
    assert first == f"{BROKEN}:10: hello.exits.done: there is no step 'by'; did you mean 'bye'?"
    assert found.stderr == ""


def test_the_examples_have_no_fault() -> None:
    found = flask("flows", "check", "examples", **WRONG)
    assert (found.returncode, found.stdout) == (0, "")
    assert found.stderr.endswith("flows checked, no error\n")


def test_a_folder_is_checked_and_an_empty_one_is_an_error(office: Office) -> None:
    office.hello()
    assert "1 flow checked" in office.done("flows check", str(office.folder))
    (office.folder / "empty").mkdir()
    assert "no flow document" in office.refused("flows check", str(office.folder / "empty"))


def test_a_file_that_is_not_there_or_no_text(office: Office) -> None:
    missing = office.run("flows check nothing.yaml")
    assert missing.exit_code == 2
    assert "'nothing.yaml' does not exist" in missing.output
    odd = office.folder / "odd.yaml"
    odd.write_bytes(b"linewalk: \xff\xfe")
    assert office.refused("flows check", str(odd)) == f"Error: {odd}: this is not UTF-8 text"


@pytest.mark.parametrize(
    "text", ["", "- 1\n", "linewalk: [}\n", "just words", "linewalk: 1\n", "{}"]
)
def test_whatever_a_file_holds_its_faults_have_a_line(office: Office, text: str) -> None:
    path = office.file("odd.yaml", text)
    for command in ("check", "graph", "publish"):
        said = office.refused(f"flows {command}", path)
        assert all(line.startswith(f"{path}:") for line in said.splitlines()), said


def test_a_warning_is_no_error(office: Office) -> None:
    path = Path(office.hello())
    path.write_text(path.read_text() + "variables: {unused: {type: string}}\n")
    said = office.done("flows check", str(path))
    assert "never read" in said
    assert "1 flow checked, no error" in said


def test_graph_writes_mermaid_and_pictures(office: Office) -> None:
    path = office.hello()
    text = office.done("flows graph", path)
    assert text.startswith("flowchart TD\n")
    assert '-->|"done"|' in text
    assert office.done("flows graph", path, "-o", "hello.svg") == ""
    assert (office.folder / "hello.svg").read_text().startswith("<svg xmlns=")
    office.done("flows graph", path, "-o", "hello.mmd")
    assert (office.folder / "hello.mmd").read_text() == text
    assert office.run("flows graph", path, "-o", "hello.png").exit_code == 2


def test_a_picture_that_cannot_be_written_is_one_line(office: Office) -> None:
    said = office.refused("flows graph", office.hello(), "-o", "no/such/folder.svg")
    assert said == "Error: no/such/folder.svg: No such file or directory"
