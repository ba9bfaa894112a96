"""`flask secrets set`: kept sealed, read from standard input, never shown."""

from pathlib import Path

from tests.web.cli.office import Office

VALUE = "s3cret-äöü-value"


def test_a_secret_is_kept_sealed_and_not_echoed(office: Office, tmp_path: Path) -> None:
    said = office.done("secrets set CRM_KEY", stdin=VALUE + "\n")
    assert said == "CRM_KEY is set\n"
    assert office.house.secrets.get("CRM_KEY") == VALUE
    office.house.database.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert VALUE.encode() not in kept


def test_setting_again_replaces(office: Office) -> None:
    office.done("secrets set CRM_KEY", stdin="one")
    office.done("secrets set CRM_KEY", stdin="two\r\n")
    assert office.house.secrets.get("CRM_KEY") == "two"


def test_what_cannot_be_a_secret_is_refused(office: Office) -> None:
    assert "the value is empty" in office.refused("secrets set CRM_KEY", stdin="\n")
    assert "is no name" in office.refused("secrets set CRM-KEY", stdin=VALUE)
    assert "not UTF-8" in office.refused("secrets set CRM_KEY", stdin=b"\xff\xfe")
    assert office.house.secrets.get("CRM_KEY") is None
