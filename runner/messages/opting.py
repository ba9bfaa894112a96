"""Obeys the words by which contacts want no messages, or want them again: before any step."""

from dataclasses import replace

import structlog

from desk.conversations import Conversation, OptOut
from desk.opting_out import Wish, Words, confirmation, wish_of
from runner.ids import new_id
from runner.messages.channels import Incoming
from runner.messages.threads import OPTED_OUT, Threads, Written
from runner.ports import Work

_log = structlog.get_logger(__name__)

_ASKED = ("sms", "whatsapp")
"""Channels on which such words mean this; in a chat or a mail they are words like any other."""


class Opting:
    """Reads and obeys wishes; `more` are the operator's own words."""

    def __init__(self, threads: Threads, more: Words) -> None:
        self._threads, self._more = threads, more

    def wish(self, work: Work, incoming: Incoming, language: str, *, is_open: bool) -> Wish | None:
        """Say what a contact of this language wants; None for a message like any other.

        Help is a wish only where no conversation is open, and a start only after a stop: in the
        middle of a talk they are answers.
        """
        if incoming.channel not in _ASKED:
            return None
        if incoming.wish:
            return incoming.wish
        out = work.opted_out(incoming.channel, incoming.address, incoming.peer)
        pressed = bool(incoming.choice)
        wish = wish_of(incoming.text, language, self._more, out=out, pressed=pressed)
        vain = (wish == "help" and is_open) or (wish == "start" and not out)
        return None if vain else wish

    def obey(
        self,
        work: Work,
        incoming: Incoming,
        wish: Wish,
        language: str,
        conversation: Conversation | None,
    ) -> None:
        """Do what the contact wants, and confirm it once where the provider does not.

        A stop that changes nothing is not confirmed: a machine that answers so would never end.
        """
        place = (incoming.channel, incoming.address, incoming.peer)
        is_told = wish == "stop" and work.opted_out(*place)
        if wish == "stop":
            note = OptOut(*place, at=incoming.at, word=incoming.text[:40])
            work.opt_out(replace(note, by="provider") if incoming.wish else note)
            count = work.cancel_queued(*place, OPTED_OUT)
            _log.info("a contact has opted out", channel=incoming.channel, canceled=count)
        elif wish == "start":
            work.opt_in(*place)
        if not (is_told or incoming.wish or incoming.details.get("answered")):
            words = confirmation(wish, language)
            self._confirm(work, incoming, words, conversation)

    def _confirm(
        self, work: Work, incoming: Incoming, words: str, conversation: Conversation | None
    ) -> None:
        thread = work.conversation(conversation.id) if conversation else None
        if thread is None:
            at = incoming.at
            thread = Conversation(
                *(new_id(), incoming.channel, incoming.address, incoming.peer, at, at),
                state="closed",
                closed=at,
                heard=at,
            )
            work.keep_conversation(thread)
        self._threads.write(work, thread, Written("system", words, confirms=True))
