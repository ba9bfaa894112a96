"""Writes the tables of docs/language.md; the words around them are written by hand."""

import re
from collections.abc import Callable, Mapping

from flow.kinds import empty
from flow.language.document import Declaration, Document
from flow.language.operators import OPERATORS
from flow.language.templates import filter_names
from flow.message import Item
from web.cli.reference.fields import field_table
from web.cli.reference.table import code, codes, table
from web.cli.reference.words import FILTERS, NAMES, OPERATOR_WORDS, TYPE_WORDS

_MARK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def language_page(text: str) -> str:
    """Fill the tables into the page's text, between their marks.

    Raises:
        KeyError: a mark names a table that does not exist.
    """
    return _MARK.sub(lambda mark: f"{mark[1]}\n{TABLES[mark[2]]()}\n{mark[3]}", text)


def _document() -> str:
    return field_table(Document, frozenset({"layout"}))


def _declaration() -> str:
    return field_table(Declaration)


def _types() -> str:
    rows = [[code(name), words, _nothing(name)] for name, words in TYPE_WORDS.items()]
    return table(("type", "holds", "without a default"), rows)


def _nothing(name: str) -> str:
    given = empty(name)
    if given is None:
        return "nothing"
    return "empty text" if given == "" else f"empty: {code(str(given))}"


def _names() -> str:
    return table(("name", "is"), ([code(name), words] for name, words in NAMES.items()))


def _filters() -> str:
    known = set(filter_names())
    rows = [[kind, codes(name for name in names if name in known)] for kind, names in FILTERS]
    return table(("for", "filters"), rows)


def _operators() -> str:
    rows = [[code(name), code(f"not_{name}"), OPERATOR_WORDS[name]] for name in OPERATORS]
    return table(("operator", "its negation", "holds when"), rows)


def _messages() -> str:
    return field_table(Item)


def _durations() -> str:
    rows = [
        ("`30` or `30s`", "30 seconds"),
        ("`5m`", "5 minutes"),
        ("`1.5h`", "one and a half hours"),
        ("`3d`", "3 days"),
    ]
    return table(("written", "means"), rows)


TABLES: Mapping[str, Callable[[], str]] = {
    "document": _document,
    "declaration": _declaration,
    "types": _types,
    "names": _names,
    "filters": _filters,
    "operators": _operators,
    "messages": _messages,
    "durations": _durations,
}
"""What may stand between marks."""
