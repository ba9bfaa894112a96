"""Every kind of fault has a file in `broken`; the file ends with the lines `check` must print."""

from pathlib import Path

import pytest

from flow.errors import DocumentError
from flow.language.check import check
from flow.language.load import load

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.yaml"))
GOOD = sorted((HERE / "good").glob("*.yaml"))


def _documents(file: Path) -> list[tuple[str, str]]:
    text = file.read_text()
    first = text.splitlines()[0]
    beside = first.removeprefix("# with: ") if first.startswith("# with: ") else ""
    others = [("good.yaml", (file.parent / beside).read_text())] if beside else []
    return [*others, (file.name, text)]


def _expected(file: Path) -> list[str]:
    marks = [line for line in file.read_text().splitlines() if line.startswith("# expect: ")]
    return [f"{file.name}:{mark.removeprefix('# expect: ')}" for mark in marks]


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_a_fault_is_reported_with_its_line(file: Path) -> None:
    found = [problem for problem in check(_documents(file)) if problem.source == file.name]
    assert [problem.line_text() for problem in found] == _expected(file)
    assert found, "a broken file must have a problem"


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.stem)
def test_a_good_document_has_no_problem(file: Path) -> None:
    documents = [(other.name, other.read_text()) for other in GOOD]
    assert [p for p in check(documents) if p.source == file.name] == []
    assert load(file.read_text(), file.name).slug == file.stem


def test_all_problems_of_several_documents_come_in_their_order() -> None:
    files = [HERE / "broken" / f"{name}.yaml" for name in ("wrong_slug", "not_yaml", "tag")]
    found = check([(file.name, file.read_text()) for file in files])
    assert [problem.source for problem in found] == ["wrong_slug.yaml", "not_yaml.yaml", "tag.yaml"]


def test_load_raises_all_lines_at_once() -> None:
    text = (HERE / "broken" / "field_types.yaml").read_text()
    with pytest.raises(DocumentError) as raised:
        load(text, "field_types.yaml")
    assert list(raised.value.problems) == _expected(HERE / "broken" / "field_types.yaml")


def test_load_tolerates_what_only_check_minds() -> None:
    flow = load((HERE / "broken" / "unused_variable.yaml").read_text())
    assert flow.variables["company"].default == "Acme"


@pytest.mark.parametrize("name", ["dangling_exit", "missing_start", "not_yaml", "tag"])
def test_load_refuses_what_cannot_be_walked(name: str) -> None:
    with pytest.raises(DocumentError, match=r"^flow.yaml:\d+: "):
        load((HERE / "broken" / f"{name}.yaml").read_text())
