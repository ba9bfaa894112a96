"""The routes under `/digital/chat/`, and `/widget.js`."""

import re
from functools import partial
from pathlib import Path
from secrets import token_urlsafe

from flask import Blueprint, Response, current_app, g, render_template, request, send_file

from digital.chat.entrance import Entrance, failed
from digital.chat.exchange import Exchange
from digital.chat.origins import Origins
from digital.chat.paces import Paces
from digital.chat.ports import Doors, Rules
from digital.chat.problems import Problem
from digital.chat.sessions import Sessions
from digital.chat.tokens import Tokens
from digital.chat.views import Views

BASE = "/digital/chat"
WIDGET = "/widget.js"

ENDING = "LINEWALK_ENDING"
"""Where the server keeps the question whether its process ends (web/gunicorn_conf.py)."""

_STATIC = Path(__file__).parent / "static"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

_FRESH = 300
"""Seconds a browser may keep the widget: a new version is everywhere soon after an update."""

_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def chat_blueprint(doors: Doors, rules: Rules) -> Blueprint:
    """Build the routes of the chat."""
    routes = Blueprint("chat", __name__, template_folder="templates")
    entrance = Entrance(
        rules, Origins(rules.origins, rules.base_url), Tokens(rules.secret), Paces()
    )
    views = Views(doors.name_of, doors.prompt)
    sessions = Sessions(doors, entrance, views)
    exchange = Exchange(doors, entrance, sessions, views)
    routes.before_request(entrance.enter)
    routes.before_request(partial(_watch_the_end, doors))
    routes.after_request(entrance.close)
    routes.register_error_handler(Exception, failed)
    _pages(routes, doors, rules)
    _routes(routes, sessions, exchange)
    return routes


def _routes(routes: Blueprint, sessions: Sessions, exchange: Exchange) -> None:
    for path, method, view in (
        ("sessions", "POST", sessions.open),
        ("begin", "POST", sessions.begin),
        ("messages", "POST", exchange.say),
        ("messages", "GET", exchange.history),
        ("events", "GET", exchange.events),
        ("typing", "POST", exchange.typing),
        ("read", "POST", exchange.read),
        ("files/<media>", "GET", exchange.file),
    ):
        rule = f"{BASE}/<name>/{path}"
        routes.add_url_rule(
            rule, view.__name__, view, methods=[method], provide_automatic_options=False
        )
    routes.add_url_rule(f"{BASE}/<path:rest>", "nothing", _nothing, methods=_ANY)


def _pages(routes: Blueprint, doors: Doors, rules: Rules) -> None:
    @routes.get(WIDGET)
    def widget() -> Response:
        g.open = True
        answer = send_file(_STATIC / "widget.js", mimetype="text/javascript", max_age=_FRESH)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer

    @routes.get(f"{BASE}/demo")
    def demo() -> Response:
        if not rules.development:
            raise Problem(404, "the demo page is there in development mode only")
        g.open = True
        known = doors.chats.names()
        wanted = request.args.get("chat", known[0] if known else "")
        name = wanted if _NAME.fullmatch(wanted) else ""
        nonce = token_urlsafe(16)
        answer = Response(render_template("chat_demo.html", name=name, known=known, nonce=nonce))
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; "
            f"style-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'"
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _watch_the_end(doors: Doors) -> None:
    """Let streams end with the process, where the server says when that is."""
    if ENDING in current_app.config:
        doors.hub.ends_when(current_app.config[ENDING])


def _nothing(**_: str) -> Response:
    raise Problem(404, "there is nothing at this address, or not by this method")
