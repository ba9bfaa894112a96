"""`POST …/sessions`: a visitor comes, or comes back; and `POST …/begin`: the form is sent."""

from typing import Any

from flask import request

from desk.conversations import Conversation
from digital.chat.bodies import LONGEST, Begin, body
from digital.chat.entrance import Entrance
from digital.chat.forms import filled, form_of, person
from digital.chat.ports import Doors
from digital.chat.problems import Problem
from digital.chat.thread import Thread
from digital.chat.tokens import LASTS, Visitor, new_visitor
from digital.chat.views import Views
from flow.flow import Flow
from runner.messages.channels import Incoming, Taken
from runner.messages.files import ENDINGS, LARGEST, MOST

_BEGAN = "began"
"""Under this name a conversation's details have the key of the request that began it."""

Answer = tuple[dict[str, Any], int]


class Sessions:
    """Makes visitors known, and lets their conversations begin."""

    def __init__(self, doors: Doors, entrance: Entrance, views: Views) -> None:
        self._doors, self._entrance, self._views = doors, entrance, views

    def open(self, name: str) -> Answer:
        """Answer a token, and everything that the widget needs to know of the chat.

        Raises:
            Problem: there is no such chat, or the token that came along is not good.
        """
        self._entrance.origins.check(request.headers.get("Origin"), needed=True)
        self._entrance.paces.address("session", self._entrance.address())
        flow = self.flow(name)
        visitor = self._known(name.lower())
        form = form_of(flow)
        known = Thread(self._doors.reads, visitor).newest()
        answer = {
            "token": self._entrance.tokens.issue(visitor),
            "expires_in": LASTS,
            "title": flow.title,
            "form": form,
            "begins": "form" if form else "message",
            "limits": {"text": LONGEST, "files": MOST, "bytes": LARGEST, "endings": ENDINGS},
            "conversation": self._views.standing(known) if known else None,
        }
        return answer, 201

    def begin(self, name: str) -> Answer:
        """Begin a conversation before the visitor writes, so that the flow greets.

        Raises:
            Problem: the form is not complete, or the chat is gone.
        """
        visitor = self._entrance.visitor(name, "message")
        asked = body(request, Begin)
        known = Thread(self._doors.reads, visitor).newest()
        if known is not None and (known.state != "closed" or _began(known) == asked.key):
            return {"conversation": known.id, "repeated": True}, 202
        inputs = filled(self.flow(name), asked.inputs)
        details = {"begins": True, "thread": {_BEGAN: asked.key}}
        taken = self.take(visitor, key=asked.key, inputs=inputs, details=details, **person(inputs))
        return {"conversation": taken.conversation, "repeated": taken.repeated}, 202

    def flow(self, name: str) -> Flow:
        """Give the flow of a chat.

        Raises:
            Problem: there is no such chat.
        """
        flow = self._doors.chats.flow(name.lower())
        if flow is None:
            raise _no_chat()
        return flow

    def take(self, visitor: Visitor, *, text: str = "", **given: Any) -> Taken:
        """Hand in what a visitor sent.

        Raises:
            Problem: nothing is bound to the chat any more.
        """
        at = self._doors.clock()
        incoming = Incoming("chat", visitor.chat, visitor.id, at, text, **given)
        taken = self._doors.take(incoming)
        if taken.unbound:
            raise _no_chat()
        return taken

    def _known(self, name: str) -> Visitor:
        given = request.headers.get("Authorization", "")
        return self._entrance.tokens.read(given, name) if given else new_visitor(name)


def _began(conversation: Conversation) -> str:
    return str(conversation.details.get(_BEGAN, ""))


def _no_chat() -> Problem:
    return Problem(404, "there is no chat of this name: bind it to a flow as chat:NAME")
