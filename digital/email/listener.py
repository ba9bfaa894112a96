"""The mail server on `SMTP_LISTEN`: takes mail for bound mailboxes, and for nobody else.

It runs within the worker, on a thread of its own: the Procfile stays as it is, and a process that
had nothing to do while `SMTP_LISTEN` is off would end all others. Mail waits where it comes from.
"""

import asyncio
import logging
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import structlog

from digital.email.clerk import Clerk
from digital.email.intake import Intake
from digital.email.smtp import Conversation, Guests
from runner.errors import BadSettings

_log = structlog.get_logger(__name__)

_AT_WORK = 4
_FAREWELL = 5.0
_ROOM = 4
"""Mails of the largest size that may lie in memory, of all connections together."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the mail server listens and what it bears.

    `name` is how it calls itself. `patience` is the seconds a command, or a megabyte of a mail, may
    take (RFC 5321, section 4.5.3.2). `tls` offers STARTTLS.
    """

    host: str
    port: int
    name: str = "linewalk"
    tls: ssl.SSLContext | None = None
    connections: int = 100
    connections_each: int = 10
    patience: float = 300.0


def certificate(chain: str, key: str) -> ssl.SSLContext:
    """Read a certificate for STARTTLS from PEM files.

    Raises:
        BadSettings: the files are not to be read, or do not fit each other.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(chain, key)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or type(error).__name__
        raise BadSettings(f"SMTP_TLS_CERT, SMTP_TLS_KEY: {reason}") from None
    return context


class Listener:
    """The mail server: from `start` to `stop`."""

    def __init__(self, intake: Intake, listening: Listening) -> None:
        self._intake, self._at = intake, listening
        self._pool = ThreadPoolExecutor(_AT_WORK, "mail")
        room = _ROOM * intake.limits.size
        self._guests = Guests(listening.connections, listening.connections_each, room)
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port on which it listens."""
        assert self._server is not None, "it listens from start on"  # noqa: S101  a slip of ours
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    def start(self) -> None:
        """Begin to listen.

        Raises:
            BadSettings: the address is not ours, or another program has it.
        """
        # The library writes down who mails whom.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp", daemon=True)
        self._thread.start()
        opening = asyncio.run_coroutine_threadsafe(self._open(), self._loop)
        try:
            self._server = opening.result()
        except OSError as error:
            self._end()
            where = f"{self._at.host}:{self._at.port}"
            raise BadSettings(f"SMTP_LISTEN: {where}: {error.strerror}") from None
        _log.info("mail server listens", port=self.port, starttls=self._at.tls is not None)

    def stop(self) -> None:
        """Take no new mail; what is being taken has a moment to be committed and answered."""
        if self._server is not None and not self._loop.is_closed():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
            self._end()

    async def _open(self) -> asyncio.Server:
        # Several workers of one host share the address, each takes some of the connections.
        return await self._loop.create_server(
            self._conversation, self._at.host, self._at.port, reuse_port=True
        )

    def _conversation(self) -> Conversation:
        return Conversation(
            self._guests,
            Clerk(self._intake, self._pool),
            self._intake.limits.size,
            hostname=self._at.name,
            ident="ESMTP",
            tls_context=self._at.tls,
            timeout=self._at.patience,
            command_call_limit={"*": 200, "NOOP": 20, "VRFY": 10, "EXPN": 10, "HELP": 10},
            loop=self._loop,
        )

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        loop, pool = self._loop, self._pool
        ending = loop.run_in_executor(None, partial(pool.shutdown, cancel_futures=True))
        await asyncio.wait([ending], timeout=_FAREWELL)
        await asyncio.sleep(0)  # the answers of what was committed are written now
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await loop.shutdown_default_executor()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_FAREWELL)
        if not self._thread.is_alive():
            self._loop.close()
        self._pool.shutdown(wait=False)
