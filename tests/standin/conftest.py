"""A stand-in carrier in front of a tiny product, and the official library as its REST client."""

from collections.abc import Iterator

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.standin import Standin, stand_in
from tests.standin.product import BASE, Product
from tests.support.carrier import ACCOUNT, TOKEN
from tests.support.transport import InProcess


@pytest.fixture
def product() -> Product:
    """What the carrier talks to."""
    return Product()


@pytest.fixture
def carrier(product: Product) -> Iterator[Standin]:
    """The stand-in, connected."""
    with stand_in() as made:
        made.connect(InProcess(product.app()), BASE)
        yield made


@pytest.fixture
def client(carrier: Standin) -> Iterator[Client]:
    """The official library, pointed at the stand-in."""
    http = TwilioHttpClient(timeout=10)
    made = Client(ACCOUNT, TOKEN, http_client=http)
    made.api.base_url = carrier.api_url
    yield made
    http.session.close()
