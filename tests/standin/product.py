"""A tiny product for the stand-in's own tests: fixed TwiML by path, and what it was asked."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, Response, request
from twilio.request_validator import RequestValidator

from tests.support.carrier import TOKEN, Form

BASE = "https://calls.example.com"
NUMBER, AGENT, OTHER = "+15550100001", "+15550101001", "+15550101002"

Document = str | tuple[int, str]


@dataclass
class Product:
    """`says` sets what a path answers, one document after the other; the last one stays."""

    documents: dict[str, list[Document]] = field(default_factory=dict)
    asked: list[tuple[str, Form]] = field(default_factory=list)
    base: str = BASE
    meanwhile: Callable[[str], object] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def says(self, path: str, *documents: Document) -> None:
        """The verbs that a path answers, or a status and a body."""
        self.documents[path] = list(documents)

    def forms(self, path: str) -> list[Form]:
        """What a path was sent."""
        return [form for where, form in self.asked if where == path]

    def paths(self) -> list[str]:
        """Every path that was asked, in order."""
        return [path for path, _ in self.asked]

    def answer(self, path: str) -> Response:
        """Answer one request of the carrier."""
        form = request.form.to_dict()
        signature = request.headers["X-Twilio-Signature"]
        url = f"{self.base}{request.full_path.removesuffix('?')}"
        assert RequestValidator(TOKEN).validate(url, form, signature), url
        with self.lock:
            self.asked.append((path, form))
            documents = self.documents.get(path, [(204, "")])
            document = documents.pop(0) if len(documents) > 1 else documents[0]
        if self.meanwhile:
            self.meanwhile(path)
        if isinstance(document, tuple):
            return Response(document[1], document[0])
        return Response(f"<Response>{document}</Response>", content_type="text/xml")

    def app(self) -> Flask:
        """The Flask application of it."""
        app = Flask(__name__)
        app.testing = True
        app.add_url_rule(
            "/<path:path>", "any", lambda path: self.answer(f"/{path}"), methods=["POST"]
        )
        return app
