"""The routes of a conversation: messages in, history, events, typing, what was read, files."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from flask import Response, request, send_file

from digital.chat.bodies import Read, Said, body, checked
from digital.chat.entrance import Entrance
from digital.chat.events import Stream
from digital.chat.forms import filled, person
from digital.chat.lines import hung_up
from digital.chat.paces import site_of
from digital.chat.ports import Doors
from digital.chat.problems import Problem, later
from digital.chat.sessions import Answer, Sessions
from digital.chat.thread import Cursor, Thread
from digital.chat.tokens import Visitor
from digital.chat.uploads import attached, widen
from digital.chat.views import Views
from runner.hub import Full, Place
from runner.messages.channels import Attached, Report, Taken
from runner.messages.files import TYPES, safe_name

_UNREAD = {"sent", "delivered"}


class Exchange:
    """What a visitor with a token may do."""

    def __init__(self, doors: Doors, entrance: Entrance, sessions: Sessions, views: Views) -> None:
        self._doors, self._entrance = doors, entrance
        self._sessions, self._views = sessions, views

    def say(self, name: str) -> Answer:
        """Take a message, with files where there are some.

        Raises:
            Problem: it is empty, too long, too much, or the form before it is not complete.
        """
        with_files = request.mimetype == "multipart/form-data"
        visitor = self._entrance.visitor(name, "upload" if with_files else "message")
        said, files = _with_files() if with_files else (body(request, Said), ())
        if not (said.text or said.choice or files):
            raise Problem(400, "text: a message needs a text or a file")
        taken = self._take(name, visitor, said, files)
        answer = {
            "id": taken.message,
            "conversation": taken.conversation,
            "key": said.key,
            "text": said.text,
            "state": "received",
            "repeated": taken.repeated,
        }
        return answer, 202

    def history(self, name: str) -> dict[str, Any]:
        """Answer a piece of the thread: what changed after a place, or all of the newest.

        Raises:
            Problem: the place is none.
        """
        visitor = self._entrance.visitor(name, "history")
        page = self._thread(visitor).since(Cursor.read(request.args.get("after", "")))
        views = self._views.of_one_answer()
        shown = [views.message(message) for message in page.messages]
        at, newest = self._doors.clock(), page.conversation
        return {
            "messages": [message for message in shown if message is not None],
            "after": str(page.cursor),
            "more": page.more,
            "standing": views.standing(newest) if newest else None,
            "typing": views.typing(newest, at)[0] if newest else {"on": False},
        }

    def events(self, name: str) -> Response:
        """Answer the stream of events.

        Raises:
            Problem: too many watch, or the place is none.
        """
        visitor = self._entrance.visitor(name, "events")
        given = request.headers.get("Last-Event-ID") or request.args.get("after", "")
        cursor = Cursor.read(given)
        held = ExitStack()
        place = self._place(held, visitor)
        stream = self._stream(visitor, place).run(cursor)
        answer = Response(stream, content_type="text/event-stream; charset=utf-8")
        answer.call_on_close(held.close)
        answer.headers["X-Accel-Buffering"] = "no"
        return answer

    def typing(self, name: str) -> Answer:
        """Note that the visitor is writing; where nothing is open, nobody needs to know."""
        visitor = self._entrance.visitor(name, "typing")
        newest = self._thread(visitor).newest()
        if newest is not None and newest.state == "agent":
            self._doors.typing.note(newest.id, "contact")
        return {}, 202

    def read(self, name: str) -> Answer:
        """Report what has come, or has been seen.

        Raises:
            Problem: it is not a conversation of this visitor.
        """
        visitor = self._entrance.visitor(name, "read")
        asked = body(request, Read)
        found = self._thread(visitor).between(asked.conversation, asked.after, asked.upto)
        at = self._doors.clock()
        for message in found:
            if message.state in _UNREAD and message.state != asked.state:
                self._doors.report(Report("chat", asked.state, at, message=message.id))
        return {}, 202

    def file(self, name: str, media: str) -> Response:
        """Answer a file of the visitor's own thread, to be kept, never to be shown as a page.

        Raises:
            Problem: there is no such file.
        """
        visitor = self._entrance.visitor(name, "file")
        item = self._thread(visitor).find_file(media)
        path = self._doors.file(media) if item is not None else None
        if item is None or path is None:
            raise Problem(404, "there is no such file")
        kind = str(item.get("type") or "")
        return send_file(
            path.resolve(),
            mimetype=kind if kind in TYPES else "application/octet-stream",
            as_attachment=True,
            download_name=safe_name(str(item.get("name") or "file")),
            conditional=False,
            etag=False,
        )

    def _take(self, name: str, visitor: Visitor, said: Said, files: Sequence[Attached]) -> Taken:
        """Hand a message in; one that ended the last conversation does not begin another."""
        thread, inputs = self._thread(visitor), {}
        newest = thread.newest()
        if newest is not None and newest.state == "closed":
            known = thread.keyed(newest.id, said.key)
            if known is not None:
                return Taken(newest.id, known.id, repeated=True)
        if newest is None or newest.state == "closed":
            inputs = filled(self._sessions.flow(name), said.inputs)
        given: dict[str, Any] = {
            "text": said.text,
            "choice": said.choice,
            "key": said.key,
            "files": files,
        }
        return self._sessions.take(visitor, inputs=inputs, **given, **person(inputs))

    def _place(self, held: ExitStack, visitor: Visitor) -> Place:
        tab = request.args.get("tab", "")[:32]
        try:
            site = site_of(self._entrance.address())
            return held.enter_context(
                self._doors.hub.place(visitor.id, tab, site, hung_up(request))
            )
        except Full as full:
            if full.owner:
                raise later(429, "this chat is open in too many windows", 30) from None
            raise later(503, "too many chats are open: ask for messages instead", 30) from None

    def _stream(self, visitor: Visitor, place: Place) -> Stream:
        return Stream(self._thread(visitor), self._views, place, self._doors.clock)

    def _thread(self, visitor: Visitor) -> Thread:
        return Thread(self._doors.reads, visitor)


def _with_files() -> tuple[Said, Sequence[Attached]]:
    widen(request)
    said = checked(request.form.to_dict(), Said)
    return said, attached(request)
