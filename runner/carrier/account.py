"""Says whose account at the carrier the settings name."""

from dataclasses import dataclass, field

from runner.settings import Settings

CARRIER = "https://api.twilio.com"


@dataclass(frozen=True, slots=True)
class Account:
    """Whose API it is: account, token, and the base where it is not the carrier's own."""

    sid: str
    token: str = field(repr=False)
    api_url: str = CARRIER

    @property
    def base(self) -> str:
        """The API's address without a slash at the end: all others are built from it."""
        return (self.api_url or CARRIER).rstrip("/")


def account_of(settings: Settings) -> Account:
    """Give the account; in development without a token one of nobody, that cannot be reached."""
    sid = settings.twilio_account_sid or "AC" + "0" * 32
    if settings.twilio_auth_token:
        return Account(sid, settings.twilio_auth_token[0], settings.twilio_api_url)
    return Account(sid, "development", settings.twilio_api_url or "http://127.0.0.1:9")
