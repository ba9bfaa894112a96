"""What the carrier's refusals mean for a message."""

import pytest

from digital.carrier.states import OURS_TO_MEND, error_of
from runner.errors import CarrierError


@pytest.mark.parametrize("code", OURS_TO_MEND)
def test_a_token_that_is_no_good_is_no_messages_fault(code: int) -> None:
    error = error_of(CarrierError("no", code=code))
    assert (error.retry, error.unsure, error.wait) == (True, False, 60.0)


def test_a_number_that_cannot_be_is_the_messages_fault() -> None:
    error = error_of(CarrierError("no", code=21211))
    assert (error.retry, error.wait) == (False, None)
