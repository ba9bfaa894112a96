"""Says whose account at the carrier the settings name."""

from ivr.calls import Account
from runner.settings import Settings


def account_of(settings: Settings) -> Account:
    """Give the account; in development without a token one of nobody, that cannot be reached."""
    sid = settings.twilio_account_sid or "AC" + "0" * 32
    if settings.twilio_auth_token:
        return Account(sid, settings.twilio_auth_token[0], settings.twilio_api_url)
    return Account(sid, "development", settings.twilio_api_url or "http://127.0.0.1:9")
