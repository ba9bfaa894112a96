"""A door for messages that wants signatures; a stand-in carrier, and a channel's way to it."""

from collections.abc import Iterator

import pytest

from digital.carrier.channel import Outbox
from digital.carrier.messages import Messages
from runner.carrier.account import Account
from runner.message_settings import parse_rates
from tests.digital.carrier.doors import PUBLIC, Door
from tests.digital.carrier.letters import media_url
from tests.standin import Standin, stand_in
from tests.standin.product import Product
from tests.support.carrier import ACCOUNT, TOKEN
from tests.support.transport import InProcess


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def product() -> Product:
    """What the carrier's webhooks come to."""
    made = Product(base=PUBLIC)
    made.says("/digital/sms", "")
    return made


@pytest.fixture
def carrier(product: Product) -> Iterator[Standin]:
    with stand_in() as made:
        made.connect(InProcess(product.app()), PUBLIC)
        yield made


@pytest.fixture
def messages(carrier: Standin) -> Messages:
    """The carrier's Messages resource, by the real library over real HTTP."""
    return Messages(Account(ACCOUNT, TOKEN, carrier.api_url), timeout=2)


@pytest.fixture
def outbox(messages: Messages) -> Outbox:
    rates = parse_rates("+15550100001=25, whatsapp=40")
    return Outbox(messages, PUBLIC, rates, media_url)
