"""`flask contacts load`: CSV and YAML, and every bad row named with its file and line."""

import pytest

from tests.web.cli.office import Office

CSV = """number,name,email,level
+15550101001,Ann,ann@example.com,gold
+15550101002,"Bob, the second",,
"""
YAML = """contacts:
  - {number: "+15550101001", name: Ann, level: gold, orders: [1, 2]}
  - id: "42"
    name: Bob
"""


@pytest.mark.parametrize(("name", "text"), [("people.csv", CSV), ("people.yaml", YAML)])
def test_people_are_loaded_with_their_fields(office: Office, name: str, text: str) -> None:
    assert office.done("contacts load", office.file(name, text)) == "2 contacts loaded\n"
    ann = next(person for person in office.house.library.contacts(9) if person.name == "Ann")
    assert (ann.number, ann.fields["level"]) == ("+15550101001", "gold")


def test_loading_again_changes_and_does_not_double(office: Office) -> None:
    office.done("contacts load", office.file("people.csv", CSV))
    office.done("contacts load", office.file("people.csv", CSV.replace("gold", "silver")))
    people = office.house.library.contacts(9)
    assert len(people) == 2
    assert {person.fields.get("level") for person in people} == {"silver", None}


BAD = [
    ("a.csv", "number,name\n+15550101001,Ann\n,Bob\n", ":3: give a number, an email or an id"),
    ("a.csv", "number\n555\n", ":2: number: '555' is no telephone number"),
    ("a.csv", "number,name\n+15550101001,Ann,x,y\n", ":2: there are more cells"),
    ("a.csv", 'number,name\n+15550101001,"Ann\n', ":2: "),
    ("a.csv", "telephone\n+15550101001\n", ":1: the first line must name the columns"),
    ("a.csv", "", ":1: the first line must name the columns"),
    ("a.csv", "email\nann\n", ":2: email: 'ann' is no e-mail address"),
    ("a.yaml", "- {name: Ann}\n", ":1: give a number, an email or an id"),
    ("a.yaml", '- {id: "1"}\n- {number: 15550101001}\n', ":2: number: write it in quotes"),
    ("a.yaml", "people: []\n", ":1: give a list of contacts"),
    ("a.yaml", '- {id: "1"}\n- Ann\n', ":2: give names and values"),
    ("a.yaml", "- {id: [}\n", ":1: "),
]


@pytest.mark.parametrize(("name", "text", "said"), BAD)
def test_a_bad_row_is_named_and_nothing_is_loaded(
    office: Office, name: str, text: str, said: str
) -> None:
    path = office.file(name, text)
    first = office.refused("contacts load", path).splitlines()[0]
    assert first.startswith(f"{path}{said}")
    assert office.house.library.contacts(9) == []


def test_every_bad_row_is_named_at_once(office: Office) -> None:
    path = office.file("a.csv", "number\n1\n+15550101001\n2\n")
    lines = office.refused("contacts load", path).splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"{path}:2", f"{path}:4"]


def test_bytes_that_are_no_text_are_refused(office: Office) -> None:
    path = office.folder / "a.csv"
    path.write_bytes(b"number\n\xff\xfe\n")
    assert office.refused("contacts load", str(path)) == f"{path}: this is not UTF-8 text"
