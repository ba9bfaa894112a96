"""Everything public is documented, and every switched-off check says why."""

import pytest

from tests.rules.documented import undocumented
from tests.rules.reasons import unexplained
from tests.rules.tree import product_files, python_files, source


@pytest.mark.parametrize("name", product_files())
def test_everything_public_says_what_it_is_for(name: str) -> None:
    assert undocumented(source(name)) == []


@pytest.mark.parametrize("name", [*product_files(), *python_files("tests")])
def test_every_switched_off_check_has_a_code_and_a_reason(name: str) -> None:
    assert unexplained(source(name)) == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("x = 1", "the module has no docstring"),
        ('"""M."""\ndef f(): pass', "f has no docstring"),
        ('"""M."""\nclass A:\n    """A."""\n    def m(self): pass', "m has no docstring"),
        ('"""M."""\nclass A: pass', "A has no docstring"),
        ('"""M."""\nasync def f():\n    """does"""', "one sentence"),
        ('""" """', "the module has no docstring"),
    ],
)
def test_a_missing_docstring_is_found(text: str, finding: str) -> None:
    assert any(finding in line for line in undocumented(text))


def test_private_and_nested_things_need_no_docstring() -> None:
    text = '"""M."""\ndef _f(): pass\ndef g():\n    """G."""\n    def inner(): pass\n'
    assert undocumented(text) == []


MARK = "# "  # kept apart, so that these lines are not themselves comments of the kind


@pytest.mark.parametrize(
    ("comment", "finding"),
    [
        ("noqa", "code"),
        ("noqa: S310", "reason"),
        ("noqa because it is fine", "code"),
        ("type: ignore", "code"),
        ("type: ignore[arg-type]", "reason"),
        ("type: ignore  # we know better here", "code"),
        ("nosec", "code"),
        ("nosec B310", "reason"),
        ("pragma: no cover", "reason"),
        ("ruff: noqa", "whole file"),
        ("mypy: ignore-errors", "whole file"),
    ],
)
def test_an_unexplained_exception_is_found(comment: str, finding: str) -> None:
    assert finding in unexplained(f"x = 1  {MARK}{comment}\n")[0]


@pytest.mark.parametrize(
    "comment",
    [
        "noqa: S310  the address was checked by the guard",
        "noqa: S310, S311  both are test values here",
        "type: ignore[arg-type]  # the stub lacks the overload",
        "type: ignore[arg-type]  # noqa: S310  the stub lacks the overload",
        "nosec B310  the address was checked",
        "pragma: no cover  only on Windows",
        "a plain comment",
    ],
)
def test_an_explained_exception_passes(comment: str) -> None:
    assert unexplained(f"x = 1  {MARK}{comment}\n") == []
