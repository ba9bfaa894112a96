"""Which pages may embed a chat: origins, and the CORS headers that say so."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from digital.chat.problems import Problem

ANY = "*"

_ALLOWED = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
    "Access-Control-Max-Age": "7200",
}

_SHOWN = "Retry-After"


class Origins:
    """The origins that the operator named, and the server's own."""

    def __init__(self, named: frozenset[str], base_url: str) -> None:
        parts = urlsplit(base_url)
        self._known = named | {f"{parts.scheme}://{parts.netloc}".lower()}

    def check(self, origin: str | None, *, needed: bool) -> None:
        """Refuse pages of other origins; `needed`: and requests that name none.

        Raises:
            Problem: this page may not embed the chat.
        """
        if origin is None and not needed:
            return
        if not self._allows(origin):
            raise Problem(
                403,
                "pages of this origin may not embed the chat: "
                "the operator has to name it in CHAT_ORIGINS",
            )

    def headers(self, origin: str | None, *, preflight: bool = False) -> Mapping[str, str]:
        """Give the CORS headers of an answer to a page of this origin."""
        headers = {"Vary": "Origin"}
        if origin and self._allows(origin):
            headers["Access-Control-Allow-Origin"] = origin
            more = _ALLOWED if preflight else {"Access-Control-Expose-Headers": _SHOWN}
            headers.update(more)
        return headers

    def _allows(self, origin: str | None) -> bool:
        if not origin or origin == "null":
            return False
        return ANY in self._known or origin.lower() in self._known
