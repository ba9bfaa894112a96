"""Reads the bytes of a mail. Nothing that a stranger sends raises: the raw mail is kept anyway."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from digital.email.addresses import message_ids
from digital.email.charsets import decoded, plain
from digital.email.files import Files
from digital.email.flowed import joined
from digital.email.headers import Headers, headers_of, parameter, read
from digital.email.html_text import text_of
from digital.email.limits import HTML, TEXT, Limits
from digital.email.mail import Mail
from digital.email.mime import taken_apart
from digital.email.part import Part

_log = structlog.get_logger(__name__)

_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification"})
_COPIES = frozenset({"text/rfc822-headers", "message/rfc822", "message/global-headers"})
_SEALS = frozenset({"application/pgp-signature", "application/pkcs7-signature"})
_COPY = 64 * 1024
"""Bytes of a report, or of the copy of what it speaks of, that are read."""


def parse(raw: bytes, limits: Limits) -> Mail:
    """Read a mail: its texts, its files, what a report in it says."""
    try:
        # A program that ends lines as an old Macintosh did writes no line feed at all.
        source = raw if b"\n" in raw else raw.replace(b"\r", b"\n")
        head, parts = taken_apart(source)
        return replace(_Reading(source, limits).mail(headers_of(head), parts), raw=raw)
    except Exception as problem:  # noqa: BLE001  whatever a stranger sends, it is kept as far as it can be read
        _log.error("a mail was not understood", error=type(problem).__name__, size=len(raw))
        return Mail(Headers(()), plain(decoded(raw[:TEXT])), raw=raw)


class _Reading:
    """One mail, while its parts are gone through."""

    def __init__(self, raw: bytes, limits: Limits) -> None:
        self._raw, self._files = raw, Files(limits)
        self._texts: list[str] = []
        self._pages: list[str] = []
        self._reports: list[str] = []
        self._spoken: set[int] = set()
        self._inline: dict[str, int] = {}
        self._quoted = ""

    def mail(self, headers: Headers, parts: Sequence[Part]) -> Mail:
        """Go through the parts."""
        self._spoken = {
            part.alternative for part in parts if part.alternative and self._is_text(part, "plain")
        }
        for part in parts:
            self._take(part)
        return Mail(
            headers,
            "\n".join(text for text in self._texts if text.strip())[:TEXT].strip("\n"),
            "\n".join(self._pages)[:HTML],
            tuple(self._files.kept),
            tuple(self._files.left_out),
            self._inline,
            tuple(self._reports),
            self._quoted,
        )

    def _take(self, part: Part) -> None:
        if part.type in _REPORTS:
            self._reports.append(plain(decoded(part.body(self._raw)[:_COPY])))
        elif part.type in _COPIES and part.inside == "multipart/report":
            self._copy(part)
        elif self._is_text(part, "plain"):
            self._texts.append(self._plain(part))
        elif self._is_text(part, "html"):
            self._page(part)
        elif part.type not in _SEALS and not part.type.startswith("multipart/"):
            self._file(part)
        elif part.type.startswith("multipart/"):
            self._texts.append(plain(decoded(self._raw[part.start : part.end][: TEXT * 4])))

    def _is_text(self, part: Part, kind: str) -> bool:
        return part.type == f"text/{kind}" and not part.attached and not part.name

    def _plain(self, part: Part) -> str:
        data = part.body(self._raw)[: TEXT * 4]
        text = plain(decoded(data, parameter(part.head, "Content-Type", "charset")))
        if parameter(part.head, "Content-Type", "format").lower() != "flowed":
            return text
        delsp = parameter(part.head, "Content-Type", "delsp").lower() == "yes"
        return joined(text, delete_space=delsp)

    def _page(self, part: Part) -> None:
        room = HTML - sum(map(len, self._pages))
        if room <= 0:
            return  # no more is kept of all, and to read it would cost much
        data = part.body(self._raw)[: HTML * 4]
        page = plain(decoded(data, parameter(part.head, "Content-Type", "charset")))[:room]
        self._pages.append(page)
        if not part.alternative or part.alternative not in self._spoken:
            self._texts.append(text_of(page))

    def _file(self, part: Part) -> None:
        name = part.name or ("message.eml" if part.type == "message/rfc822" else "")
        place = self._files.add(name, part.type, lambda: part.body(self._raw))
        named = message_ids(str(part.head.get("Content-ID", ""))[:1000])
        if place >= 0 and named and part.type.startswith("image/"):
            self._inline[named[0]] = place

    def _copy(self, part: Part) -> None:
        """Read of which mail a report speaks."""
        head = read(part.body(self._raw)[:_COPY].replace(b"\r\n", b"\n").partition(b"\n\n")[0])
        self._quoted = self._quoted or headers_of(head).first("Message-ID")
