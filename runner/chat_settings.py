"""The settings of the web chat: who may embed it, how many it serves, what stands before it."""

from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings

from runner.setting_kinds import CommaList


def origin(text: str) -> str:
    """Read an origin, such as https://www.example.com, or `*` for any.

    Raises:
        ValueError: it is none.
    """
    plain = text.strip().lower().rstrip("/")
    if plain == "*":
        return plain
    try:
        parts = urlsplit(plain)
        whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, brackets that do not close
        whole = False
    if not whole or plain != f"{parts.scheme}://{parts.netloc}" or "@" in plain or "*" in plain:
        raise ValueError(f"{text!r} is no origin; write one such as https://www.example.com")
    return plain


class ChatSettings(BaseSettings):
    """What the operator can set about the web chat."""

    twilio_auth_token: CommaList = ()
    chat_origins: CommaList = Field(default=(), description="Pages that may embed chats.")
    chat_any_origin: bool = Field(default=False, description="Allows * in production.")
    chat_streams: int = Field(default=200, ge=1, le=800, description="Open chats of one process.")
    chat_proxies: int | None = Field(
        default=None, ge=0, le=5, description="Before the server; one on this host when empty."
    )

    @field_validator("chat_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(origin(part) for part in value if part.strip())

    @model_validator(mode="after")
    def _any_on_purpose(self) -> "ChatSettings":
        if "*" in self.chat_origins and self.twilio_auth_token and not self.chat_any_origin:
            raise ValueError(
                "CHAT_ORIGINS: with * every page may embed your chats; name the origins, "
                "or set CHAT_ANY_ORIGIN=true if you mean it"
            )
        return self
