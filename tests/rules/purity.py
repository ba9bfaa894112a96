"""Whether a source text could live in a pure room: no I/O, no clock, no chance."""

import ast
import sys
from collections.abc import Iterator

FORBIDDEN = {
    "asyncio", "builtins", "concurrent", "ctypes", "fcntl", "ftplib", "getpass", "glob", "http",
    "importlib", "io", "locale", "logging", "mmap", "multiprocessing", "os", "pathlib", "platform",
    "random", "secrets", "select", "selectors", "shelve", "shutil", "signal", "smtplib", "socket",
    "socketserver", "sqlite3", "ssl", "subprocess", "sys", "syslog", "tempfile", "threading",
    "time", "urllib.request", "uuid", "webbrowser",
}  # fmt: skip
ALLOWED_LIBRARIES = {
    "pydantic", "pydantic_core", "typing_extensions", "annotated_types", "liquid", "re2", "yaml",
    "phonenumbers", "holidays", "zoneinfo", "tzdata", "quickjs", "jsonschema", "flow", "desk",
    "dateutil",  # its parser, given a default: without one it would read the clock
}  # fmt: skip
FORBIDDEN_CALLS = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}
FILE_METHODS = {"read_text", "write_text", "read_bytes", "write_bytes"}
CLOCKS = {"now", "utcnow", "today"}
CLOCK_OWNERS = {"datetime", "date", "dt"}


def impurities(text: str) -> list[str]:
    """The imports and calls that a pure room may not contain."""
    found = []
    for node in ast.walk(ast.parse(text)):
        found += [f"{node.lineno}: imports {name}" for name in _modules(node) if _forbidden(name)]  # type: ignore[attr-defined]  # only import statements name modules, and they have a line
        if problem := _call(node) or _clock(node):
            found.append(problem)
    return found


def imported_modules(text: str) -> set[str]:
    """Every module the text imports, by its full dotted name; relative imports are left out."""
    return {name for node in ast.walk(ast.parse(text)) for name in _modules(node)}


def _modules(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _forbidden(module: str) -> bool:
    top = module.split(".", maxsplit=1)[0]
    parents = {".".join(module.split(".")[: n + 1]) for n in range(module.count(".") + 1)}
    if parents & FORBIDDEN:
        return True
    return top not in sys.stdlib_module_names and top not in ALLOWED_LIBRARIES


def _call(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
        return f"{node.lineno}: calls {node.func.id}"
    if isinstance(node.func, ast.Attribute) and node.func.attr in FILE_METHODS:
        return f"{node.lineno}: calls {node.func.attr}"
    return ""


def _clock(node: ast.AST) -> str:
    if not isinstance(node, ast.Attribute) or node.attr not in CLOCKS:
        return ""
    owner = ast.unparse(node.value).split(".")[-1]
    return f"{node.lineno}: reads the clock" if owner in CLOCK_OWNERS else ""
