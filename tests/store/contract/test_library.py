"""What a turn looks up: versions, bindings, contacts, secrets."""

import pytest

from flow.ledger import Contact
from store.errors import Conflict, Unstorable
from tests.store.builders import NOON
from tests.store.conftest import AnyStore

ADA = Contact("c1", "Ada", "+15550100001", "ada@example.org", {"tier": "gold"})


def test_the_published_version_is_found_by_address_name_number_and_id(store: AnyStore) -> None:
    first = store.publish("support", "incoming_call", "one", NOON)
    second = store.publish("support", "incoming_call", "two \u20ac", NOON)
    store.bind("+1 555 010-0001", "support")
    with store.work() as work:
        assert work.bound("+15550100001") == second
        assert work.bound("+15550100002") is None
        assert work.bound("anonymous") is None
        assert work.version_of("support", "latest") == second
        assert work.version_of("other", "latest") is None
        old = work.version_of("support", "1")
    assert old == store.version(first.id)
    assert old is not None
    assert (old.source, old.state, old.number) == ("one", "archived", 1)
    assert (second.source, second.state, second.number) == ("two \u20ac", "published", 2)
    assert store.version("none") is None


def test_owned_numbers_are_the_bound_ones_the_oldest_first(store: AnyStore) -> None:
    store.publish("support", "incoming_call", "one", NOON)
    for address in ("+15550100002", "chat:shop", "+15550100001", "sms:+15550100003"):
        store.bind(address, "support")
    store.bind("+15550100002", "support")
    with store.work() as work:
        assert list(work.owned_numbers()) == ["+15550100002", "+15550100001"]


@pytest.mark.parametrize("spec", ["3", "-1", "", "one", "9" * 30])
def test_no_such_version(store: AnyStore, spec: str) -> None:
    store.publish("support", "incoming_call", "one", NOON)
    with store.work() as work:
        assert work.version_of("support", spec) is None


def test_an_address_is_bound_to_one_flow(store: AnyStore) -> None:
    for flow in ("support", "sales"):
        store.publish(flow, "incoming_call", flow, NOON)
        store.bind("sms:+15550100001", flow)
    with store.work() as work:
        bound = work.bound("SMS:+15550100001")
        assert bound is not None
        assert bound.flow == "sales"
        assert work.bound("+15550100001") is None
    with pytest.raises(Unstorable, match="no address"):
        store.bind("fax machine", "sales")


@pytest.mark.parametrize(
    ("by", "value"),
    [("id", "c1"), ("number", "+1 (555) 010-0001"), ("email", " ADA@example.org")],
)
def test_a_contact_is_found(store: AnyStore, by: str, value: str) -> None:
    assert store.load_contacts([ADA, Contact("c2")]) == 2
    with store.work() as work:
        assert work.contact_by(by, value) == ADA
        assert work.contact_by(by, "+15550100009") is None
        assert work.contact_by(by, "") is None


def test_a_contact_is_changed_by_field(store: AnyStore) -> None:
    store.load_contacts([ADA])
    changes = {"email": "New@example.org", "tier": "silver", "seen": 3, "id": "c9"}
    with store.work() as work:
        changed = work.update_contact("c1", changes)
        assert work.update_contact("c9", {}) is None
    wanted = {"tier": "silver", "seen": 3}
    assert changed == Contact("c1", "Ada", "+15550100001", "new@example.org", wanted)
    with store.work() as work:
        assert work.contact_by("id", "c1") == changed


def test_loading_again_adds_to_the_known(store: AnyStore) -> None:
    store.load_contacts([ADA])
    store.load_contacts([Contact("x", number="+15550100001", fields={"vip": True})])
    with store.work() as work:
        known = work.contact_by("number", "+15550100001")
        assert work.contact_by("id", "x") is None
    assert known == Contact("c1", "Ada", ADA.number, ADA.email, {"tier": "gold", "vip": True})


def test_a_number_is_one_contacts(store: AnyStore) -> None:
    store.load_contacts([ADA, Contact("c2", number="+15550100002")])
    with pytest.raises(Conflict), store.work() as work:
        work.update_contact("c2", {"number": ADA.number})


def test_secrets_come_back_sealed(store: AnyStore) -> None:
    store.put_secret("crm", b"\x00one")
    store.put_secret("crm", b"two")
    assert store.secret("crm") == b"two"
    assert store.secret("none") is None
