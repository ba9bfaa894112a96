"""A shop's page: another origin than the chat's, and a Content Security Policy that is strict."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>Acme</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<link rel="stylesheet" href="/shop.css"></head>
<body><header><b>ACME</b><a id="first" href="#">Shoes</a><a href="#">Coats</a><a href="#">Sale</a>
</header><main><h1>Autumn is here</h1><p>Coats that keep the rain out, and last for years.</p>
<div class="grid"><i></i><i></i><i></i><i></i><i></i><i></i></div></main>
<script src="{chat}/widget.js" {options} nonce="{nonce}" async></script></body></html>"""

NONCE = "r4nd0m"

LOOKS = """* { all: revert; border: 3px dotted red } body { margin: 0; font: 18px Georgia, serif }
* { border: 0 } header { display: flex; gap: 32px; padding: 22px 40px; background: #f6f1ea }
main { padding: 30px 40px } h1 { font-size: 46px; margin: 0 } a { color: #333 }
button, textarea, input { font-size: 40px !important; background: lime; text-transform: uppercase }
.grid { display: flex; flex-wrap: wrap; gap: 20px } .grid i { width: 300px; height: 210px;
background: linear-gradient(140deg, #e9dccb, #b99f82) }"""


@dataclass
class Shop:
    """Where the page is, and the policy it is served with."""

    port: int
    chat: str

    @property
    def origin(self) -> str:
        """The page's origin."""
        return f"http://localhost:{self.port}"

    def policy(self, kind: str) -> str:
        """What docs/messages.md says a page must allow, and nothing else; "" for `none`."""
        scripts = {"strict": self.chat, "nonce": f"'nonce-{NONCE}' 'strict-dynamic'"}
        if kind not in scripts:
            return ""
        return (
            f"default-src 'none'; script-src {scripts[kind]}; connect-src {self.chat}; "
            "style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
        )


@contextmanager
def shop(chat: str) -> Iterator[Shop]:
    """Serve the page; its query becomes the tag's data-attributes."""
    made = Shop(0, chat)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = dict(parse_qsl(parts.query))
            lang, policy = asked.pop("lang", "en"), made.policy(asked.pop("policy", "strict"))
            options = " ".join(f'data-{name}="{escape(asked[name])}"' for name in asked)
            styled = parts.path == "/shop.css"
            page = PAGE.format(lang=lang, chat=chat, options=options, nonce=NONCE)
            body = LOOKS if styled else page
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if styled else "text/html; charset=utf-8")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            pass

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = served.server_address[1]
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield made
    served.shutdown()
    served.server_close()
    thread.join()
