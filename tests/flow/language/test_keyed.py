"""What was keyed in: check digits and dates."""

import pytest

from flow.language.keyed import DateFormat, is_date, passes_luhn


@pytest.mark.parametrize(
    "digits", ["0", "18", "79927398713", "4111111111111111", "378282246310005"]
)
def test_right_check_digits(digits: str) -> None:
    assert passes_luhn(digits)


@pytest.mark.parametrize("digits", ["", "1", "79927398710", "4111111111111112", "0*0", "\u0660"])
def test_wrong_check_digits(digits: str) -> None:
    assert not passes_luhn(digits)


def test_every_single_wrong_digit_is_noticed() -> None:
    right = "79927398713"
    for place in range(len(right)):
        others = (str(n) for n in range(10) if str(n) != right[place])
        wrong = [right[:place] + other + right[place + 1 :] for other in others]
        assert not [digits for digits in wrong if passes_luhn(digits)]


@pytest.mark.parametrize(
    ("digits", "form", "is_one"),
    [
        ("20240229", "YYYYMMDD", True),
        ("20230229", "YYYYMMDD", False),
        ("00000101", "YYYYMMDD", False),
        ("2024022", "YYYYMMDD", False),
        ("202402291", "YYYYMMDD", False),
        ("2024*229", "YYYYMMDD", False),
        ("29022024", "DDMMYYYY", True),
        ("29132024", "DDMMYYYY", False),
        ("02292024", "MMDDYYYY", True),
        ("29022024", "MMDDYYYY", False),
        ("1227", "MMYY", True),
        ("0027", "MMYY", False),
        ("1327", "MMYY", False),
        ("", "MMYY", False),
    ],
)
def test_dates(digits: str, form: DateFormat, is_one: bool) -> None:  # noqa: FBT001  a table's column
    assert is_date(digits, form) is is_one
