"""One conversation with a mail server that brings us mail (RFC 5321), as aiosmtpd speaks it.

Ours are the counting of connections, and how data is read: the library keeps every line as an
object, and a mail of empty lines would take it a gigabyte and a minute.
"""

import asyncio
from typing import Any

from aiosmtpd.smtp import SMTP

CHUNK = 64 * 1024
"""Bytes that are read at once; a command may not be as long by far."""

RENEWS = 1024 * 1024
"""Bytes of a mail for which its sender has the whole patience again: some 3 kB in a second."""

_DOT = b".\r\n"
_END = b"\r\n.\r\n"


class Guests:
    """The connections that are open, by where they come from, and what they hold in memory."""

    def __init__(self, most: int, most_each: int, room: int) -> None:
        self._most, self._most_each, self._room = most, most_each, room
        self._open: dict[str, int] = {}

    def hold(self, size: int) -> bool:
        """Hold so many bytes more; false: all of them together hold too much already."""
        if size > self._room:
            return False
        self._room -= size
        return True

    def release(self, size: int) -> None:
        """Hold so many bytes less."""
        self._room += size

    def enter(self, host: str) -> bool:
        """Count a connection; false: there are too many, and it is not counted."""
        if sum(self._open.values()) >= self._most or self._open.get(host, 0) >= self._most_each:
            return False
        self._open[host] = self._open.get(host, 0) + 1
        return True

    def leave(self, host: str) -> None:
        """Count a connection no more."""
        left = self._open.pop(host, 0) - 1
        if left > 0:
            self._open[host] = left


class Conversation(SMTP):
    """What one connection says and hears."""

    line_length_limit = CHUNK

    def __init__(self, guests: Guests, handler: Any, size: int, **options: Any) -> None:
        super().__init__(handler, data_size_limit=size, enable_SMTPUTF8=True, **options)
        self._guests, self._size = guests, size
        self._host, self._turned_away = "", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, or say that there are too many; after STARTTLS it is the same connection."""
        if not self._host:
            peer = transport.get_extra_info("peername")
            host = str(peer[0]) if peer else "?"
            if not self._guests.enter(host):
                self._turned_away = True
                transport.write(b"421 4.7.0 Too many connections, come again later\r\n")  # type: ignore[attr-defined]  # a connection's transport writes
                transport.close()
                return
            self._host = host
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Count it no more."""
        if self._turned_away:
            return
        host, self._host = self._host, "-"
        if host != "-":
            self._guests.leave(host)
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """Hear that nothing more comes."""
        return None if self._turned_away else super().eof_received()

    def data_received(self, data: bytes) -> None:
        """Hear bytes; those of who was turned away are none of our business."""
        if not self._turned_away:
            super().data_received(data)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  the library finds commands by their names
        """Take a mail, and answer once it is committed."""
        if await self.check_helo_needed():
            return
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Say first who it is for: RCPT")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        status, held = "", Held(self._guests)
        try:
            status = await self._data(held)
            if not status:
                self.envelope.content = held.mail()
                status = await self._call_handler_hook("DATA")
        finally:
            held.release()
            self.envelope = self._create_envelope()
        await self.push(status)

    async def _data(self, held: "Held") -> str:
        """Read up to the line with a dot alone; say why it is not kept, all of it read."""
        tail, size, renewed, refusal = b"\r\n", 0, 0, ""
        while tail != _END:
            try:
                piece = await self._reader.readuntil(_DOT)
            except asyncio.LimitOverrunError as more:
                piece = await self._reader.read(more.consumed)
            tail = (tail + piece)[-len(_END) :]
            size += len(piece)
            refusal = refusal or self._refusal(held, piece, size)
            if refusal and size > 2 * self._size and self.transport is not None:
                self.transport.close()  # who sends twice too much does not listen
                raise asyncio.CancelledError
            if size - renewed > RENEWS:
                renewed = size
                self._reset_timeout()  # a slow line, and no sender who has fallen silent
        return refusal

    def _refusal(self, held: "Held", piece: bytes, size: int) -> str:
        if size > self._size + len(_DOT):
            return f"552 5.3.4 The mail is too large: at most {self._size} bytes"
        return "" if held.add(piece) else "452 4.3.1 Too many mails at once, come again later"


class Held:
    """The bytes of one mail while they come in."""

    def __init__(self, guests: Guests) -> None:
        self._guests, self._data, self._size = guests, bytearray(b"\r\n"), 0

    def add(self, piece: bytes) -> bool:
        """Add bytes; false: there is no room for them."""
        if not self._guests.hold(len(piece)):
            return False
        self._size += len(piece)
        self._data += piece
        return True

    def mail(self) -> bytes:
        """Give the mail, without the dot that ended it."""
        # RFC 5321, section 4.5.2: a dot that began a line was doubled on its way.
        del self._data[-len(_DOT) :]
        whole = self._data.replace(b"\r\n..", b"\r\n.")
        self._data.clear()
        return bytes(memoryview(whole)[2:])

    def release(self) -> None:
        """Hold nothing any more."""
        self._guests.release(self._size)
