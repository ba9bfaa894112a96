"""The egress guard's table: address and URL forms, each with what it is and why it matters."""

import json
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from runner.egress import Guard, RefusedError, Target, UnresolvedError, own_hosts
from runner.egress.addresses import refusal

CASES: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("egress_cases.json").read_text("utf-8")
)
ADDRESSES = [case for case in CASES if "address" in case]
URLS = [case for case in CASES if "url" in case]


def test_the_table_is_as_large_as_it_should_be() -> None:
    assert len(CASES) >= 300
    allowed = [case for case in URLS if case["expect"] == "allowed"]
    assert len(allowed) >= 30
    assert len([case for case in ADDRESSES if not case["reason"]]) >= 30


@pytest.mark.parametrize("case", ADDRESSES, ids=lambda case: f"{case['address']} {case['why']}")
def test_address(case: dict[str, str]) -> None:
    reason = refusal(case["address"])
    assert case["reason"] in reason
    assert bool(reason) is bool(case["reason"])


def ask(case: dict[str, Any]) -> Target:
    def resolve(host: str, port: int) -> Sequence[str]:
        assert "resolves" in case, f"{host}:{port} must not be looked up"
        found: list[str] = case["resolves"]
        return found

    return Guard(case.get("allow", ()), case.get("blocked", ()), resolve).check(case["url"])


@pytest.mark.parametrize("case", URLS, ids=lambda case: f"{case['url']!a:.60} {case['why']}")
def test_url(case: dict[str, Any]) -> None:
    if case["expect"] == "allowed":
        target = ask(case)
        assert target.addresses == tuple(case.get("resolves", [target.url.host]))
        return
    with pytest.raises(RefusedError) as refused:
        ask(case)
    assert case.get("reason", "") in str(refused.value)
    assert "pw" not in str(refused.value)


@pytest.mark.parametrize(
    "form", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "0x7f.1", "017700000001"]
)
def test_what_libc_reads_in_a_number_would_be_refused_by_the_address_too(form: str) -> None:
    found = {str(entry[4][0]) for entry in socket.getaddrinfo(form, 80)}
    assert found
    assert all(refusal(address) for address in found)


def test_a_name_without_address_is_not_a_refusal() -> None:
    def fail(host: str, port: int) -> list[str]:
        raise socket.gaierror(host, port)

    with pytest.raises(UnresolvedError, match=r"nowhere\.example has no address"):
        Guard(resolve=fail).check("http://nowhere.example/")
    with pytest.raises(UnresolvedError):
        Guard(resolve=lambda _host, _port: []).check("http://nowhere.example/")
    with pytest.raises(UnresolvedError):
        Guard(resolve=lambda _host, _port: ["not an address"]).check("http://nowhere.example/")


@pytest.mark.parametrize("entry", ["http://x", "a:b", "x:0", "u@x", "127.1", "a b", "[::1", "x/y"])
def test_a_wrong_entry_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="is not a host or host:port"):
        Guard(allow=[entry])


def test_own_hosts_are_whole_when_public_and_with_port_when_local() -> None:
    urls = [
        "https://linewalk.example.com/x",
        "http://127.0.0.1:8000",
        "postgresql+psycopg://user:secret@db.example.com/linewalk",
        "postgresql://localhost/linewalk",
        "redis://[::1]",
        "sqlite:////data/linewalk.db",
    ]
    found = own_hosts(urls)
    assert found == (
        "linewalk.example.com",
        "127.0.0.1:8000",
        "db.example.com",
        "localhost:5432",
        "[::1]:6379",
    )
    with pytest.raises(RefusedError, match="belongs to this server"):
        Guard(["[::1]"], found).check("http://[::1]:6379/")
