"""The HTTP client of this server, behind the guard that its settings ask for."""

from runner.egress.client import HttpClient
from runner.egress.guard import Guard
from runner.egress.own_hosts import own_hosts
from runner.egress.redirects import MAX_REDIRECTS
from runner.errors import BadSettings
from runner.settings import Settings


def http_client(settings: Settings, redirects: int = MAX_REDIRECTS) -> HttpClient:
    """Make a client.

    Raises:
        BadSettings: EGRESS_ALLOW names something that is no host.
    """
    own = own_hosts((settings.base_url, settings.database))
    try:
        return HttpClient(Guard(settings.egress_allow, own), redirects=redirects)
    except ValueError as error:
        raise BadSettings(f"EGRESS_ALLOW: {error}") from None
