"""Whether everything public says what it is for."""

import ast
from collections.abc import Iterator

Documentable = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
EXEMPT_DECORATORS = {"overload", "setter", "override"}


def undocumented(text: str) -> list[str]:
    """The public modules, classes, functions and methods without a one-line summary."""
    return [
        f"{getattr(node, 'lineno', 1)}: {getattr(node, 'name', 'the module')} {problem}"
        for node in _public(ast.parse(text))
        if (problem := _problem(ast.get_docstring(node)))
    ]


def _problem(docstring: str | None) -> str:
    if not docstring or not docstring.strip():
        return "has no docstring"
    first = docstring.strip().splitlines()[0].rstrip()
    return "" if first.endswith((".", "?", ":")) else "does not say what it is for in one sentence"


def _public(node: Documentable) -> Iterator[Documentable]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if child.name.startswith("_") or _exempt(child):
            continue
        if isinstance(child, ast.ClassDef):
            yield from _public(child)
        else:
            yield child


def _exempt(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = {ast.unparse(decorator).split(".")[-1] for decorator in node.decorator_list}
    return bool(names & EXEMPT_DECORATORS)
