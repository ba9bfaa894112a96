"""Decides which numbers and SIP addresses may be called from here, and what number is shown.

Nothing leaves to the telephone network unless a rule allows it: only countries that the operator
listed, and nothing where somebody earns by being called. Numbers are judged by the metadata of
libphonenumber; emergency numbers are refused whatever is listed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType, ValidationResult, shortnumberinfo

Outcome = Literal["allowed", "refused", "invalid_number"]

_SEPARATORS = re.compile(r"[\s().\-/]")
_SHORT = re.compile(r"\d{2,6}")
_E164 = re.compile(r"\+[1-9]\d{1,14}")
_ENTRY = re.compile(r"\+[1-9]\d{0,14}|\d{2,6}")
_EXAMPLE = re.compile(r"\+1555\d{7}")
_PREMIUM_EXCHANGE = re.compile(r"\+1\d{3}976\d{4}")
_SIP = re.compile(
    r"sips?:(?:[^\s@<>\"/?]+@)?(?:[a-z0-9.-]*[a-z0-9]|\[[0-9a-f:.]+\])"
    r"(?::\d{1,5})?(?:;[^\s<>\"@?]+)?",
    re.IGNORECASE,
)
_NANP = "+1"
_NANP_HOME = frozenset({"US", "CA"})
_WORLD = "001"
_LONGEST_EMERGENCY = 9
_COSTLY = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.PERSONAL_NUMBER,
    }
)
_REGIONS = frozenset(phonenumbers.SUPPORTED_REGIONS)

NOT_OURS = "the caller identification is not a number of ours"
"""Why a call is refused that was to show somebody else's number."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one target: `target` in E.164 or as a URI when it is allowed."""

    outcome: Outcome
    target: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules say of a whole call: the targets that may be rung, the number to show."""

    outcome: Outcome
    targets: tuple[str, ...] = ()
    caller_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DialRules:
    """The operator's rules of dialling.

    `countries` are region codes (`GB`), calling codes (`+44`; `+1` is the United States and
    Canada alone), longer prefixes (`+1876`, `+4484`), or whole short codes (`411`). A prefix
    opens what is otherwise refused in it, premium and satellite numbers included; a region or a
    country's calling code does not. `owned` are the numbers bound here, in E.164.

    Raises:
        ValueError: an entry of `countries` is neither.
    """

    countries: frozenset[str]
    owned: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse entries that would never match."""
        for entry in sorted(self.countries):
            if not (entry.upper() in _REGIONS or _ENTRY.fullmatch(entry)):
                raise ValueError(
                    f"{entry!r} is no country; give region codes as GB or prefixes as +44"
                )

    def check(self, target: str) -> Verdict:
        """Judge one number or SIP URI."""
        text = target.strip()
        if ":" in text:
            if _SIP.fullmatch(text):
                return Verdict("allowed", text)
            return Verdict("invalid_number", reason="it is not a SIP URI")
        number = _SEPARATORS.sub("", text)
        if _is_emergency(number):
            return Verdict("refused", reason="emergency numbers are never called from a flow")
        if _SHORT.fullmatch(number):
            if number in self.countries:
                return Verdict("allowed", number)
            return Verdict("refused", reason="it is a short code")
        return self._check_number(number)

    def _check_number(self, number: str) -> Verdict:
        parsed = _parsed(number)
        if parsed is None:
            reason = "it is not a possible number; write it as +, country code and number"
            return Verdict("invalid_number", reason=reason)
        e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        if _EXAMPLE.fullmatch(e164) or e164 in self.owned or self._opened(e164, parsed):
            return Verdict("allowed", e164)
        reason = self._refusal(e164, parsed)
        return Verdict("refused", reason=reason) if reason else Verdict("allowed", e164)

    def _opened(self, e164: str, parsed: PhoneNumber) -> bool:
        """Say whether a prefix is listed that is more than a country's calling code."""
        code = f"+{parsed.country_code}"
        prefixes = (entry for entry in self.countries if entry.startswith("+"))
        if code in self.countries and _is_world(parsed):
            return True
        return any(e164.startswith(prefix) and len(prefix) > len(code) for prefix in prefixes)

    def _refusal(self, e164: str, parsed: PhoneNumber) -> str:
        if _is_world(parsed):
            return "satellite and other international networks are not listed"
        code, region = parsed.country_code or 0, phonenumbers.region_code_for_number(parsed)
        if phonenumbers.number_type(parsed) in _COSTLY or _PREMIUM_EXCHANGE.fullmatch(e164):
            return "it is a premium, shared-cost or personal number"
        if code == 1:
            listed = region in self._regions() or (region in _NANP_HOME and _NANP in self.countries)
        else:
            # A range too new for the metadata counts as its calling code's main country.
            region = region or phonenumbers.region_code_for_country_code(code)
            listed = region in self._regions() or f"+{code}" in self.countries
        return "" if listed else f"calls to {region or 'this area code'} are not listed"

    def _regions(self) -> frozenset[str]:
        return frozenset(entry.upper() for entry in self.countries)

    def decide(self, targets: Sequence[str], caller_id: str = "", caller: str = "") -> Decision:
        """Judge a whole call: those of `targets` that may be rung, in their order.

        Only where none may, the call is `refused`, or `invalid_number` when none of them can
        exist. `caller_id` must be owned, or be `caller`, the number of the person put through;
        empty leaves it to the server.
        """
        shown = _plain(caller_id)
        ours = self.owned | ({_plain(caller)} if _E164.fullmatch(_plain(caller)) else set())
        if shown and shown not in ours:
            return Decision("refused", reason=NOT_OURS)
        verdicts = [self.check(target) for target in targets]
        allowed = _distinct(v.target for v in verdicts if v.outcome == "allowed")
        if allowed:
            return Decision("allowed", allowed, shown)
        refused = [v for v in verdicts if v.outcome == "refused"]
        worst = (refused or verdicts or [Verdict("invalid_number", reason="nobody is named")])[0]
        return Decision(worst.outcome, reason=worst.reason)


def _distinct(targets: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(targets))


def _plain(number: str) -> str:
    return _SEPARATORS.sub("", number.strip())


def _is_world(parsed: PhoneNumber) -> bool:
    """Say whether the number belongs to no country: satellites, +800, +979 and their like."""
    return phonenumbers.region_code_for_country_code(parsed.country_code or 0) == _WORLD


def _parsed(number: str) -> PhoneNumber | None:
    if not _E164.fullmatch(number):
        return None
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    return parsed if reason == ValidationResult.IS_POSSIBLE else None


@lru_cache(maxsize=10_000)
def _is_emergency(number: str) -> bool:
    """Say whether this is an emergency number anywhere, bare or behind its country code."""
    digits = number.lstrip("+")
    if not digits.isdigit() or len(digits) > _LONGEST_EMERGENCY:
        return False
    if any(_rescues(digits, region) for region in shortnumberinfo.SUPPORTED_SHORT_REGIONS):
        return True
    return any(
        _rescues(digits[size:], region)
        for size in (1, 2, 3)
        for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:size]), ())
        if number.startswith("+")
    )


def _rescues(digits: str, region: str) -> bool:
    return bool(shortnumberinfo.is_emergency_number(digits, region))
