"""How long and how deeply nested the functions of a source text are."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

FILE_HARD, FILE_MEDIAN = 400, 80
FUNCTION_HARD, FUNCTION_P90 = 50, 20
NESTING_HARD = 4

BLOCKS = (
    ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar,
    ast.Match,
)  # fmt: skip


@dataclass(frozen=True)
class Function:
    """One function: where it is, its lines from `def` to its end, its deepest block."""

    name: str
    line: int
    lines: int
    nesting: int


def functions(text: str) -> list[Function]:
    """Every function and method of the text."""
    return [
        Function(node.name, node.lineno, _lines(node), depth(node))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def oversized(text: str) -> list[str]:
    """What in the text is over a hard budget, one line each."""
    findings = []
    count = len(text.splitlines())
    if count > FILE_HARD:
        findings.append(f"1: {count} lines, at most {FILE_HARD}: split the file")
    for function in functions(text):
        place = f"{function.line}: {function.name}"
        if function.lines > FUNCTION_HARD:
            findings.append(f"{place} has {function.lines} lines, at most {FUNCTION_HARD}")
        if function.nesting > NESTING_HARD:
            findings.append(f"{place} nests {function.nesting} blocks, at most {NESTING_HARD}")
    return findings


def percentile(values: list[int], share: float) -> int:
    """The smallest value that at least `share` of the values do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1)] if ordered else 0


def depth(node: ast.AST) -> int:
    """The number of blocks round the deepest statement; an `elif` is as deep as its `if`."""
    return max((own + depth(child) for child, own in _children(node)), default=0)


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _children(node: ast.AST) -> Iterator[tuple[ast.AST, int]]:
    elif_branch = node.orelse if isinstance(node, ast.If) and len(node.orelse) == 1 else []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        is_elif = child in elif_branch and isinstance(child, ast.If)
        yield child, int(isinstance(child, BLOCKS) and not is_elif)
