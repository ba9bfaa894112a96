"""A build may not skip silently: the hook, run in a pytest of its own."""

import pytest

from tests.support.processes import Programs

CASE = "import pytest\ndef test_a():\n    pytest.skip('no moon')\ndef test_b():\n    assert True\n"
ARGUMENTS = ["--rootdir", ".", "-p", "tests.conftest", "-p", "no:cacheprovider", "-o", "addopts="]


@pytest.mark.parametrize(
    ("ci", "workers", "code"),
    [("true", [], 1), ("true", ["-n", "1"], 1), ("", [], 0)],
    ids=["build", "build-xdist", "at-home"],
)
def test_a_skip_is_red_on_the_build_server(
    start_program: Programs, ci: str, workers: list[str], code: int
) -> None:
    case = start_program.folder / "test_case.py"
    case.write_text(CASE)
    command = ["python", "-m", "pytest", str(case), *ARGUMENTS, *workers]
    program = start_program.start(command, {"CI": ci})
    assert program.process.wait(60) == code, program.output
    assert ("skipped test(s) make this run fail" in program.output) == bool(code)
