"""The library of flows: numbers, states, drafts, roll-back, bindings, and what never changes."""

import pytest
import sqlalchemy as sa

from flow.ledger import Contact
from store.database import Database
from store.errors import Missing, Refused, StoreError, Unstorable
from store.library import FlowEntry, Library
from store.schema import versions
from tests.store.builders import MINUTE, NOON, at_once


@pytest.fixture
def library(database: Database) -> Library:
    return Library(database)


def states(library: Library, flow: str = "support") -> list[tuple[int, str, str]]:
    return [(v.number, v.state, v.source) for v in library.versions(flow)]


def test_publishing_archives_the_one_before(library: Library) -> None:
    for source in ("one", "two", "three"):
        library.publish("support", "incoming_call", source, NOON)
    expected = [(1, "archived", "one"), (2, "archived", "two"), (3, "published", "three")]
    assert states(library) == expected
    assert library.published_source("support") == "three"


def test_an_old_version_is_published_again(library: Library) -> None:
    first = library.publish("support", "incoming_call", "one", NOON)
    library.publish("support", "incoming_call", "two", NOON)
    assert library.publish_version("support", 1) == first
    assert states(library) == [(1, "published", "one"), (2, "archived", "two")]
    assert library.publish_version("support", 1) == first


def test_a_flow_has_one_draft(library: Library) -> None:
    draft = library.save_draft("support", "incoming_call", "one", NOON)
    again = library.save_draft("support", "module", "two", NOON + MINUTE)
    assert (again.id, again.number, again.type) == (draft.id, 1, "module")
    assert library.draft("support") == again
    assert states(library) == [(1, "draft", "two")]
    assert library.published_source("support") is None
    library.publish_version("support", 1)
    assert library.draft("support") is None
    assert library.save_draft("support", "module", "three", NOON).number == 2


def test_what_was_published_never_changes(library: Library, database: Database) -> None:
    version = library.publish("support", "incoming_call", "one", NOON)
    library.publish("support", "incoming_call", "two", NOON)
    for column, value in (("source", "x"), ("number", 9), ("type", "module")):
        change = sa.update(versions).where(versions.c.id == version.id).values({column: value})
        with pytest.raises(Refused, match="immutable"), database.write() as connection:
            connection.execute(change)
    assert library.version("support", 1) is not None
    assert states(library)[0] == (1, "archived", "one")


def test_an_archived_flow_is_published_nowhere(library: Library) -> None:
    library.publish("support", "incoming_call", "one", NOON)
    library.save_draft("support", "incoming_call", "two", NOON)
    assert library.archive("support", 1).state == "archived"
    assert library.published_source("support") is None
    with pytest.raises(Refused, match="draft"):
        library.archive("support", 2)


def test_flows_are_listed(library: Library) -> None:
    library.save_draft("sales", "module", "one", NOON)
    library.publish("support", "incoming_call", "one", NOON)
    library.publish("support", "incoming_call", "two", NOON)
    library.save_draft("support", "incoming_call", "three", NOON)
    support = FlowEntry("support", "incoming_call", published=2, draft=3, versions=3)
    sales = FlowEntry("sales", "module", published=0, draft=1, versions=1)
    assert library.flows() == [sales, support]


@pytest.mark.parametrize("call", ["publish_version", "archive"])
def test_an_unknown_version_is_missing(library: Library, call: str) -> None:
    with pytest.raises(Missing, match="no flow 'support'"):
        getattr(library, call)("support", 1)
    library.publish("support", "incoming_call", "one", NOON)
    with pytest.raises(Missing, match="no version 2"):
        getattr(library, call)("support", 2)
    assert library.version("support", 2) is None


def test_those_who_publish_at_once_get_numbers_of_their_own(library: Library) -> None:
    made = at_once(6, lambda n: library.publish("support", "module", f"{n}", NOON).number)
    assert sorted(made) == [1, 2, 3, 4, 5, 6]
    assert [state for _, state, _ in states(library)].count("published") == 1


def test_bindings(library: Library) -> None:
    for flow in ("support", "sales"):
        library.publish(flow, "incoming_call", flow, NOON)
    assert library.bind("+1 (555) 010-0001", "support", NOON) == "+15550100001"
    assert library.bind("chat:Shop", "sales", NOON + MINUTE) == "chat:shop"
    assert library.bind("+15550100001", "sales", NOON + 2 * MINUTE) == "+15550100001"
    assert library.bindings() == [("+15550100001", "sales"), ("chat:shop", "sales")]
    assert library.bound_since() == {"+15550100001": NOON, "chat:shop": NOON + MINUTE}
    assert library.unbind("+15550100001")
    assert not library.unbind("+15550100001")
    with pytest.raises(Missing, match="no flow 'none'"):
        library.bind("chat:shop", "none", NOON)
    with pytest.raises(Unstorable):
        library.unbind("nothing")


def test_contacts_are_listed_by_id_in_pages(library: Library) -> None:
    people = [Contact(f"c{n}", name=f"{n}") for n in (3, 1, 2)]
    assert library.load_contacts(people) == 3
    assert [c.id for c in library.contacts(2)] == ["c1", "c2"]
    assert [c.id for c in library.contacts(2, after="c2")] == ["c3"]


def test_a_load_is_whole_or_nothing(library: Library) -> None:
    library.load_contacts([Contact("c1", number="+15550100001"), Contact("c2", email="a@b.c")])
    both = Contact("c1", number="+15550100001", email="a@b.c")
    with pytest.raises(StoreError):
        library.load_contacts([Contact("c3"), both])
    assert [c.id for c in library.contacts(9)] == ["c1", "c2"]
