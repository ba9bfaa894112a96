"""The numbers that are ours, and what may be called with them, as of an open transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.call_book import called_number
from desk.dial_rules import Decision, DialRules
from runner.errors import BadSettings
from runner.ports import Work


@dataclass(frozen=True, slots=True)
class Numbers:
    """Which numbers may be called and shown: countries, and `CALLER_ID` (empty for none).

    Raises:
        BadSettings: a country is none.
    """

    countries: frozenset[str]
    caller_id: str = ""

    def __post_init__(self) -> None:
        """Refuse countries that would never match."""
        try:
            DialRules(self.countries)
        except ValueError as error:
            raise BadSettings(f"DIAL_COUNTRIES: {error}") from None

    def decide(
        self, work: Work, targets: Sequence[str], caller_id: str = "", caller: str = ""
    ) -> Decision:
        """Judge a call by the dial rules; the number shown must be bound here, or `CALLER_ID`."""
        owned = frozenset(work.owned_numbers()) | ({self.caller_id} - {""})
        return DialRules(self.countries, owned).decide(targets, caller_id, caller)

    def shown(self, work: Work, line: str) -> str:
        """Choose the number that is shown: the line called, `CALLER_ID`, the first bound."""
        owned = work.owned_numbers()
        return line if line in owned else self.caller_id or next(iter(owned), "")


def zone_of(work: Work, target: str) -> str:
    """Name the time zone that stands with the contact of a number; empty for none."""
    contact = work.contact_by("number", called_number(target)) if target else None
    return str(contact.fields.get("timezone", "")) if contact else ""
