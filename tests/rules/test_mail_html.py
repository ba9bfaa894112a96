"""The HTML of a mail is a stranger's: whoever shows it goes by the sanitiser (threat 7)."""

import ast

import pytest

from tests.rules.tree import ROOT, tracked_files

SHOWING = ("web/", "ivr/", "digital/", "jobs/")
KEEPERS = {
    "digital/email/channel.py": "asks whether our own mail says anything",
    "digital/email/incoming.py": "hands it to the inbox as it came",
    "digital/email/render.py": "writes our own, which no stranger wrote",
    "web/api/conversations.py": "says whether there is any",
    "web/cli/simulator/words.py": "shows what a flow's own e-mail says, as text in a terminal",
}


def reads_html(source: str) -> bool:
    """Say whether some code takes the HTML of a message, or of anything, and does not judge it."""
    tree = ast.parse(source)
    taken = any(isinstance(each, ast.Attribute) and each.attr == "html" for each in ast.walk(tree))
    judged = any(
        isinstance(each, ast.ImportFrom) and each.module == "runner.mail_html"
        for each in ast.walk(tree)
    )
    return taken and not judged


def test_nobody_shows_the_html_of_a_mail_as_it_came() -> None:
    names = [name for name in tracked_files() if name.startswith(SHOWING) and name.endswith(".py")]
    found = {name for name in names if reads_html((ROOT / name).read_text())}
    assert found == set(KEEPERS)


@pytest.mark.parametrize(
    ("source", "caught"),
    [
        ("def show(message):\n    return message.html\n", True),
        (
            "from runner.mail_html import sanitise\ndef show(m):\n    return sanitise(m.html)\n",
            False,
        ),
        ("import html\nhtml.escape('x')\n", False),
    ],
)
def test_the_rule_sees_it(source: str, caught: bool) -> None:  # noqa: FBT001  a column of the table
    assert reads_html(source) == caught
