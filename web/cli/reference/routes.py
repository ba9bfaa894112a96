"""Writes the table of docs/api.md from the API's own document; the words are written by hand."""

import re
from collections.abc import Iterator

from web.api.application import BASE, described
from web.cli.reference.table import code, table

_MARK = re.compile(r"(<!-- routes -->\n).*?(<!-- end -->)", re.DOTALL)


def api_page(text: str) -> str:
    """Fill the table of routes into the page's text, between its marks."""
    head = ("route", "does", "scope")
    rows = table(head, _rows())
    return _MARK.sub(lambda mark: f"{mark[1]}\n{rows}\n{mark[2]}", text)


def _rows() -> Iterator[list[str]]:
    document = described("")
    for path, methods in sorted(document["paths"].items()):
        for method, operation in methods.items():
            scopes = [scope for need in operation.get("security", ()) for scope in need["key"]]
            route = f"{method.upper()} {path.removeprefix(BASE)}"
            words = " or ".join(map(code, scopes)) or "none, and no key"
            yield [code(route), operation["summary"], words]
