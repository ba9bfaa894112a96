"""`flask keys …`: shown once, kept as a digest, revoked at once."""

from datetime import timedelta
from pathlib import Path

import pytest

from desk.access import SCOPES
from tests.web.cli.office import Office
from web.house import now


def created(office: Office, *more: str) -> str:
    lines = office.done("keys create", "crm", "--scopes", "read,flows:start", *more).splitlines()
    return lines[-1]


def test_a_key_is_shown_once_alone_on_the_last_line(office: Office, tmp_path: Path) -> None:
    text = created(office)
    mark, prefix, secret = text.split("_", 2)
    assert mark == "lwk"
    assert len(secret) >= 43  # 256 bits in base64
    checked = office.house.keys.check(text)
    assert checked.key is not None
    assert (checked.key.name, list(checked.key.scopes)) == ("crm", ["flows:start", "read"])
    listed = office.done("keys list")
    assert secret not in listed
    assert f"lwk_{prefix}\tcrm\tflows:start,read\tgood\tlast used" in listed
    office.house.database.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert secret.encode() not in kept


def test_the_key_is_alone_on_standard_output(office: Office) -> None:
    result = office.run("keys create", "crm", "--scopes", "read")
    assert result.stdout.startswith("lwk_")
    assert len(result.stdout.splitlines()) == 1
    assert "not shown again" in result.stderr


def test_every_scope_can_be_given(office: Office) -> None:
    office.done("keys create", "all", "--scopes", ", ".join(SCOPES))
    (key,) = office.house.keys.all()
    assert tuple(key.scopes) == SCOPES


def test_a_revoked_key_is_listed_so_and_revoked_once(office: Office) -> None:
    prefix = created(office).rpartition("_")[0]
    (key,) = office.house.keys.all()
    assert office.done(f"keys revoke {key.prefix}") == f"{key.prefix} is revoked\n"
    assert f"{key.prefix}\tcrm\tflows:start,read\trevoked\tnever used" in office.done("keys list")
    assert "there is no key" in office.refused(f"keys revoke {key.prefix}")
    assert "there is no key" in office.refused("keys revoke lwk_none")
    assert prefix.startswith("lwk_")


def test_a_frozen_key_is_listed_with_the_reason_and_unfrozen_once(office: Office) -> None:
    text = created(office)
    (key,) = office.house.keys.all()
    assert "there is no frozen key" in office.refused(f"keys unfreeze {key.prefix}")
    with office.house.store.work() as work:
        work.freeze_key(key.id, now(), "20 calls refused")
    assert office.house.keys.check(text).state == "frozen"
    assert "\tfrozen since " in office.done("keys list")
    assert ": 20 calls refused\t" in office.done("keys list")
    assert office.done(f"keys unfreeze {key.prefix}") == f"{key.prefix} counts again\n"
    assert office.house.keys.check(text).state == "good"
    assert "there is no frozen key" in office.refused(f"keys unfreeze {key.id}")
    done = [(each.actor, each.action, each.subject) for each in office.house.audit.newest(9)]
    assert done == [
        ("operator", "keys.unfreeze", key.id),
        ("linewalk", "keys.freeze", key.id),
    ]


def test_a_key_is_revoked_by_its_id_as_well(office: Office) -> None:
    created(office)
    (key,) = office.house.keys.all()
    office.done(f"keys revoke {key.id}")
    assert office.house.keys.all()[0].revoked is not None


def test_an_expiry_is_kept_and_listed(office: Office) -> None:
    created(office, "--expires", "90d")
    (key,) = office.house.keys.all()
    assert key.expires is not None
    assert timedelta(days=89) < key.expires - now() <= timedelta(days=90)
    assert f"expires {key.expires:%Y-%m-%d}" in office.done("keys list")


@pytest.mark.parametrize(
    ("name", "scopes", "reason"),
    [
        ("crm", "read,write", "'write' is no scope; there are flows:start, calls:create"),
        ("crm", ",", "a key needs a scope"),
        ("", "read", "1 to 100 printable characters"),
        ("a\nb", "read", "1 to 100 printable characters"),
    ],
)
def test_what_cannot_be_a_key_is_refused(
    office: Office, name: str, scopes: str, reason: str
) -> None:
    assert reason in office.refused("keys create", name, "--scopes", scopes)
    assert list(office.house.keys.all()) == []


def test_a_wrong_expiry_is_a_wrong_call(office: Office) -> None:
    result = office.run("keys create", "crm", "--scopes", "read", "--expires", "soon")
    assert result.exit_code == 2
    assert "'soon' is no duration" in result.output
    refused = office.refused("keys create", "crm", "--scopes", "read", "--expires", "0")
    assert "expired already" in refused
