"""Files and functions keep to their budgets: small ones are understood and changed safely."""

import pytest

from tests.rules.sizes import (
    FILE_MEDIAN,
    FUNCTION_P90,
    functions,
    oversized,
    percentile,
)
from tests.rules.tree import product_files, python_files, source


@pytest.mark.parametrize("name", [*product_files(), *python_files("tests")])
def test_nothing_is_over_a_hard_budget(name: str) -> None:
    assert oversized(source(name)) == []


def test_half_of_the_files_are_short() -> None:
    sizes = {name: len(source(name).splitlines()) for name in product_files()}
    longest = sorted(sizes.items(), key=lambda item: -item[1])[:10]
    assert percentile(list(sizes.values()), 0.5) <= FILE_MEDIAN, longest


def test_nine_of_ten_functions_are_short() -> None:
    sizes = [
        (function.lines, f"{name}:{function.line}")
        for name in product_files()
        for function in functions(source(name))
    ]
    over = sorted(size for size in sizes if size[0] > FUNCTION_P90)
    assert percentile([size for size, _ in sizes], 0.9) <= FUNCTION_P90, over


def nested(blocks: int) -> str:
    lines = ["    " * n + "if x:" for n in range(1, blocks + 1)]
    return "\n".join(["def f(x):", *lines, "    " * (blocks + 1) + "pass"])


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("x = 1\n" * 401, "401 lines"),
        ("def f():\n" + "    x = 1\n" * 50, "51 lines"),
        (nested(5), "nests 5"),
        ("class A:\n    async def f(self):\n" + "        x = 1\n" * 50, "51 lines"),
    ],
)
def test_the_rule_can_fail(text: str, finding: str) -> None:
    assert any(finding in line for line in oversized(text))


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n" * 400,
        "def f():\n" + "    x = 1\n" * 49,
        nested(4),
        "def f(x):\n    if x:\n        pass\n" + "    elif x:\n        pass\n" * 9,
        "def f(x):\n    match x:\n        case 1:\n            pass\n",
    ],
)
def test_what_is_within_the_budget_passes(text: str) -> None:
    assert oversized(text) == []


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, 0), ([3], 0.9, 3), ([1, 2, 3], 0.5, 2), ([1, 2, 3, 4], 0.5, 2),
     (list(range(1, 11)), 0.9, 9)],
)  # fmt: skip
def test_percentile(values: list[int], share: float, expected: int) -> None:
    assert percentile(values, share) == expected
