"""The bound numbers at the carrier: whether they point here, and what makes them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from runner.carrier.account import Account
from runner.carrier.client import asked, checked, rest_client

VOICE, FALLBACK, STATUS, SMS = "/ivr/voice", "/ivr/fallback", "/ivr/status", "/digital/sms"

VOICE_URL, SMS_URL = "voice_url", "sms_url"

MOST = 1_000
"""Numbers that are looked through."""

_METHODS = {
    VOICE_URL: "voice_method",
    "voice_fallback_url": "voice_fallback_method",
    "status_callback": "status_callback_method",
    SMS_URL: "sms_method",
}


@dataclass(frozen=True, slots=True)
class CarrierNumber:
    """A number as the carrier has it: its addresses and methods by the library's names.

    `elsewhere` names an application or a trunk, which goes before the addresses for calls,
    `texts_elsewhere` an application that goes before the one for messages.
    """

    sid: str
    number: str
    stands: Mapping[str, str] = field(default_factory=dict)
    elsewhere: str = ""
    texts_elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a number: what was changed (old and new, by name), or why nothing helps."""

    number: str
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    problem: str = ""


class NumbersAtCarrier(Protocol):
    """The carrier's numbers, as far as they are needed."""

    def all(self) -> Sequence[CarrierNumber]:
        """List the account's numbers."""

    def change(self, sid: str, given: Mapping[str, str]) -> None:
        """Change some of a number's addresses and methods."""


class CarrierNumbers:
    """The numbers of an account, by the carrier's REST API."""

    def __init__(self, account: Account) -> None:
        self._client = rest_client(account)

    def all(self) -> Sequence[CarrierNumber]:
        """List the account's numbers.

        Raises:
            CarrierError: the carrier refused or was not reached.
        """
        found = asked(lambda: self._client.incoming_phone_numbers.list(limit=MOST))
        names = (*_METHODS, *_METHODS.values())
        return [
            CarrierNumber(
                str(each.sid),
                str(each.phone_number),
                {name: str(getattr(each, name) or "") for name in names},
                str(each.trunk_sid or each.voice_application_sid or ""),
                str(each.sms_application_sid or ""),
            )
            for each in found
        ]

    def change(self, sid: str, given: Mapping[str, str]) -> None:
        """Change some of a number's addresses and methods.

        Raises:
            CarrierError: the carrier refused or was not reached.
        """
        number = self._client.incoming_phone_numbers(checked(sid))
        asked(lambda: number.update(**given))


def wanted(bound: Iterable[str], base: str) -> dict[str, dict[str, str]]:
    """Say which addresses each bound number must have; what is no number of a carrier is not there.

    `bound` are addresses as flows are bound to them, `base` is ours.
    """
    found: dict[str, dict[str, str]] = {}
    for address in bound:
        number = address.removeprefix("sms:")
        if not number.startswith("+"):
            continue
        ours = found.setdefault(number, {})
        if number != address:
            ours |= {SMS_URL: base + SMS}
        else:
            calls = {VOICE_URL: VOICE, "voice_fallback_url": FALLBACK, "status_callback": STATUS}
            ours |= {name: base + path for name, path in calls.items()}
    return found


def differences(known: CarrierNumber, ours: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Say what of a number is not as it must be: what it is, and what it must be."""
    posted = {_METHODS[name]: "POST" for name in ours}
    stands = known.stands
    return {
        name: (stands.get(name, ""), value)
        for name, value in {**ours, **posted}.items()
        if stands.get(name, "") != value
    }


def sync(
    carrier: NumbersAtCarrier, bound: Iterable[str], base: str, *, only_look: bool = False
) -> list[Outcome]:
    """Make the bound numbers point here; done twice the second time changes nothing.

    Raises:
        CarrierError: the carrier refused or was not reached; numbers before are changed.
    """
    at_carrier = {each.number: each for each in carrier.all()}
    found: list[Outcome] = []
    for number, ours in wanted(bound, base).items():
        known = at_carrier.get(number)
        if known is None:
            found.append(Outcome(number, problem="the account has no such number"))
            continue
        changed = differences(known, ours)
        if changed and not only_look:
            carrier.change(known.sid, {name: value for name, (_, value) in changed.items()})
        found.append(Outcome(number, changed, _ignored(known, ours)))
    return found


def _ignored(known: CarrierNumber, ours: Mapping[str, str]) -> str:
    ways = (("calls", known.elsewhere, VOICE_URL), ("messages", known.texts_elsewhere, SMS_URL))
    found = [f"its {what} go to {to}" for what, to, name in ways if to and name in ours]
    return f"{' and '.join(found)}, whatever its addresses are: take that off it" if found else ""
