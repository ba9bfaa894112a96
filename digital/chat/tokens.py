"""Tokens of visitors: signed, for one visitor of one chat, good for a month. No cookie is set."""

from dataclasses import dataclass

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from digital.chat.problems import Problem
from runner.ids import new_id

LASTS = 30 * 86_400
"""Seconds a token is good for; a visitor who comes back gets a new one."""

SALT = "linewalk chat visitor"
"""What this signature is for: the same secret signs nothing else alike."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who writes: the id of a visitor, and the chat that the id belongs to."""

    id: str
    chat: str


class Tokens:
    """Makes and reads tokens."""

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt=SALT)

    def issue(self, visitor: Visitor) -> str:
        """Make a token for a visitor."""
        return str(self._signer.dumps([visitor.id, visitor.chat]))

    def read(self, header: str, chat: str) -> Visitor:
        """Find the visitor in an Authorization header.

        Raises:
            Problem: there is no token, or not a good one for this chat.
        """
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _refused("give the token of a session: Authorization: Bearer TOKEN")
        try:
            visitor, of = self._signer.loads(token.strip(), max_age=LASTS)
        except SignatureExpired:
            raise _refused("this session is over: begin a new one") from None
        except (BadData, ValueError, TypeError):
            raise _refused("this is no token of a session: begin a new one") from None
        if of != chat:
            raise _refused("this session belongs to another chat: begin a new one")
        return Visitor(str(visitor), chat)


def new_visitor(chat: str) -> Visitor:
    """Make a visitor whom nobody knows."""
    return Visitor(new_id(), chat)


def _refused(detail: str) -> Problem:
    return Problem(401, detail, headers={"WWW-Authenticate": "Bearer"})
