"""Settings: each wrong value ends the start with one line that names the variable."""

import os
from pathlib import Path

import pytest

from desk.call_limits import IN_ALL, PER_KEY
from runner.errors import BadSettings
from runner.settings import Settings, load_settings

LIVE = {"TWILIO_AUTH_TOKEN": "t", "TWILIO_ACCOUNT_SID": "AC1"}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own environment counts."""
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)


def loaded(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load_settings()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "0", "1 to 65535"),
        ("PORT", "65536", "1 to 65535"),
        ("PORT", "eighty", "valid integer"),
        ("PUBLIC_URL", "calls.example.com", "absolute address"),
        ("PUBLIC_URL", "ftp://calls.example.com", "absolute address"),
        ("PUBLIC_URL", "https://", "absolute address"),
        ("PUBLIC_URL", "https://calls.example.com/?a=1", "without ?"),
        ("PUBLIC_URL", "https://calls.example.com/#a", "without ?"),
        ("PUBLIC_URL", "https://calls.example.com:port", "absolute address"),
        ("PUBLIC_URL", "https://calls.example.com:99999", "absolute address"),
        ("PUBLIC_URL", "https://[::1", "absolute address"),
        ("TWILIO_API_URL", "localhost:5062", "absolute address"),
        ("DATABASE_URL", "mysql://localhost/x", "give sqlite:///PATH"),
        ("DATABASE_URL", "linewalk.db", "give sqlite:///PATH"),
        ("DATABASE_URL", "sqlite:", "give sqlite:///PATH"),
        ("WEB_CONCURRENCY", "-1", "greater than or equal to 0"),
        ("WEB_CONCURRENCY", "many", "valid integer"),
        ("TIMEZONE", "Lisbon", "no time zone"),
        ("TIMEZONE", "../etc/passwd", "no time zone"),
        ("CALL_SILENCE", "0", "greater than 0"),
        ("CALL_SILENCE", "-5", "greater than 0"),
        ("CALL_SILENCE", "inf", "less than or equal"),
        ("CALL_SILENCE", "soon", "valid number"),
        ("CALL_SILENCE", "1e12", "less than or equal"),
        ("CALL_SILENCE", "nan", "less than or equal"),
        ("LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING, ERROR"),
        ("CALLING_HOURS", "nine to five", "write them as 08:00-21:00"),
        ("CALLING_HOURS", "08:00-08:00", "must open at some time"),
        ("CALLS_PER_SECOND", "0", "greater than 0"),
        ("CALLS_PER_SECOND", "nan", "less than or equal"),
        ("CALLS_PER_SECOND", "inf", "less than or equal"),
        ("CALL_LIMITS_PER_KEY", "calls=5", "'calls' is no limit; there are per_second"),
        ("CALL_LIMITS_IN_ALL", "per_second=5", "'per_second' is no limit; there are at_once"),
        ("CALL_LIMITS_IN_ALL", "at_once=many", "at_once is a number or none"),
        ("CALL_TARIFF", "/nowhere/tariff.csv", "/nowhere/tariff.csv: No such file"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    with pytest.raises(BadSettings) as caught:
        loaded(monkeypatch, **{name: value})
    text = str(caught.value)
    assert text.startswith(f"{name}: ")
    assert said in text
    assert "\n" not in text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "calls.example.com"])  # noqa: S104  the refused binds
def test_without_a_token_nothing_but_loopback_is_bound(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    with pytest.raises(BadSettings, match="HOST is not loopback but TWILIO_AUTH_TOKEN is not set"):
        loaded(monkeypatch, HOST=host)
    assert loaded(monkeypatch, HOST=host, **LIVE).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.3.2.1"])
def test_loopback_needs_no_token(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert loaded(monkeypatch, HOST=host).development


def test_a_token_needs_its_account(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadSettings, match="TWILIO_ACCOUNT_SID is needed"):
        loaded(monkeypatch, TWILIO_AUTH_TOKEN="t")


def test_a_token_of_nothing_but_commas_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else every webhook would be signed with the empty string."""
    assert loaded(monkeypatch, TWILIO_AUTH_TOKEN=" , ,").development


def test_lists_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"EGRESS_ALLOW": "10.0.0.1:80 , crm", "DIAL_COUNTRIES": "PT,ES", **LIVE}
    given["TWILIO_AUTH_TOKEN"] = "new, old"
    settings = loaded(monkeypatch, **given)
    assert settings.egress_allow == ("10.0.0.1:80", "crm")
    assert settings.dial_countries == ("PT", "ES")
    assert settings.twilio_auth_token == ("new", "old")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u@h/n", "postgresql+psycopg://u@h/n"),
        ("postgresql://u@h/n", "postgresql+psycopg://u@h/n"),
        ("postgresql+psycopg://u@h/n", "postgresql+psycopg://u@h/n"),
        ("sqlite:////var/lib/x.db", "sqlite:////var/lib/x.db"),
    ],
)
def test_addresses_of_databases(monkeypatch: pytest.MonkeyPatch, given: str, used: str) -> None:
    assert loaded(monkeypatch, DATABASE_URL=given).database == used


def test_what_is_not_set_has_its_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = loaded(monkeypatch, DATA_DIR=str(tmp_path), PUBLIC_URL="", PORT="9000")
    assert settings.base_url == "http://127.0.0.1:9000"
    assert settings.database == f"sqlite:///{tmp_path / 'linewalk.db'}"
    assert settings.workers == 1
    assert settings.silence.total_seconds() == 4 * 3600


def test_the_public_address_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, PUBLIC_URL="https://calls.example.com/a/")
    assert settings.base_url == "https://calls.example.com/a"


def test_an_ipv6_host_is_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, HOST="::1").base_url == "http://[::1]:8000"


@pytest.mark.parametrize(("given", "count"), [("3", 3), ("0", None)])
def test_processes_by_database(
    monkeypatch: pytest.MonkeyPatch, given: str, count: int | None
) -> None:
    url = "postgresql://u@h/n"
    settings = loaded(monkeypatch, DATABASE_URL=url, WEB_CONCURRENCY=given)
    assert settings.workers == (count or min(4, os.cpu_count() or 1))


def test_outgoing_calls_are_safe_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """As sip-security, section 2.2, gives them: one a second, ten at once for a key."""
    policy = loaded(monkeypatch).outbound
    assert (policy.hours, policy.per_second, policy.per_key.at_once) == (None, 1, 10)
    assert policy.per_key == PER_KEY
    assert policy.in_all == IN_ALL


def test_a_limit_of_money_needs_a_tariff(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    limit = {"CALL_LIMITS_IN_ALL": "spend_per_day=50"}
    with pytest.raises(BadSettings, match=r"^CALL_TARIFF is needed for spend_per_day"):
        loaded(monkeypatch, **limit)
    tariff = tmp_path / "tariff.csv"
    tariff.write_text("prefix,price\n+351,0.02\n")
    given = loaded(monkeypatch, **limit, CALL_TARIFF=str(tariff))
    assert given.outbound.tariff.price("+351210000000") == 0.02
    assert given.outbound.in_all.spend_per_day == 50
    tariff.write_text("+351,cheap\n")
    with pytest.raises(BadSettings, match=r"^CALL_TARIFF: .*tariff\.csv: line 1: write a prefix"):
        load_settings()
    tariff.write_bytes(b"+351,\xff")
    with pytest.raises(BadSettings, match=r"this is not UTF-8 text"):
        load_settings()
