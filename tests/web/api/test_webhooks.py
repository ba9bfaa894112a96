"""`/webhooks`: subscribed, listed without their secrets, paused, sent again; all of it audited."""

from typing import Any

import pytest

from desk.subscriptions import MOST_SUBSCRIBERS
from tests.web.api.client import Api, fields

HOOK = "https://crm.example.com/hook"


def added(api: Api, url: str = HOOK, *events: str) -> dict[str, Any]:
    body = {"url": url, "events": list(events or ("interaction.started", "interaction.ended"))}
    made: dict[str, Any] = api.done("POST", "/webhooks", body, 201)
    return made


def test_a_secret_is_shown_once(api: Api) -> None:
    made = added(api)
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert made["events"] == ["interaction.started", "interaction.ended"]
    assert api.get(f"/webhooks/{made['id']}") == made
    assert api.items("/webhooks?limit=1") == [made]
    assert secret not in api.send("GET", "/webhooks").text


def test_lists_come_in_pages(api: Api) -> None:
    ids = [added(api, f"{HOOK}/{number}")["id"] for number in range(3)]
    assert [one["id"] for one in api.items("/webhooks?limit=2")] == sorted(ids)


def test_what_was_missed_is_counted(api: Api) -> None:
    made = added(api)
    api.started("note", {"number": "+15550101234"})
    found = api.get(f"/webhooks/{made['id']}")
    assert (found["to_send"], found["given_up"]) == (2, 0)


def test_one_is_paused_resumed_and_removed(api: Api) -> None:
    path = f"/webhooks/{added(api)['id']}"
    for _ in range(2):
        assert api.done("PATCH", path, {"paused": True})["reason"] == "paused by hand"
    for _ in range(2):
        assert api.done("PATCH", path, {"paused": False})["paused"] is None
    actions = ["webhooks.resume", "webhooks.pause", "webhooks.add"]
    assert [entry.action for entry in api.house.house.audit.newest(10)] == actions
    assert "paused" in fields(api.refused(400, "PATCH", path, json={"paused": "yes"}))
    assert api.send("DELETE", path).status_code == 204
    api.refused(404, "GET", path)
    api.refused(404, "DELETE", path)
    api.refused(404, "PATCH", path, json={"paused": True})


def again(api: Api, name: str) -> int:
    """Have something sent again; how many deliveries are made."""
    count: int = api.done("POST", "/webhooks/redeliveries", {"id": name})["deliveries"]
    return count


def test_what_was_given_up_is_sent_again_by_either_id(api: Api) -> None:
    made = added(api)
    api.started("note", {"number": "+15550101234"})
    now, deliveries = api.house.clock(), api.house.telephony.courier._deliveries
    for find in ("event", "subscription"):
        parcel = deliveries.claim(made["id"], now, now, now)
        assert parcel is not None
        name = getattr(parcel.delivery, find)
        assert again(api, name) == 0  # it is still being sent
        deliveries.settle(parcel.delivery, "dead", now, 500, "no")
        assert api.get(f"/webhooks/{made['id']}")["given_up"] == 1
        assert again(api, name) == 1
    assert again(api, "none") == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "crm.example.com"}, "url"),
        ({"url": "https://a b.example.com"}, "url"),
        ({"url": "https://x.example.com/" + "y" * 2000}, "url"),
        ({"events": []}, "events"),
        ({"events": ["call.lost"]}, "events.0"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_what_cannot_be_subscribed_is_named(api: Api, change: dict[str, Any], field: str) -> None:
    body = {"url": HOOK, "events": ["call.answered"], **change}
    told = api.refused(400, "POST", "/webhooks", json=body)
    assert field in fields(told)


def test_there_is_an_end_to_subscribers(api: Api) -> None:
    for number in range(MOST_SUBSCRIBERS):
        added(api, f"{HOOK}/{number}")
    body = {"url": HOOK, "events": ["call.answered"]}
    told = api.refused(400, "POST", "/webhooks", json=body)
    assert "20 subscribers" in told["detail"]


def test_changes_are_audited_without_the_address(api: Api) -> None:
    name = added(api, f"{HOOK}?token=hush")["id"]
    api.done("PATCH", f"/webhooks/{name}", {"paused": True})
    api.send("DELETE", f"/webhooks/{name}")
    entries = api.house.house.audit.newest(10)
    actions = ["webhooks.delete", "webhooks.pause", "webhooks.add"]
    assert [entry.action for entry in entries] == actions
    assert "hush" not in str(entries)
