"""The inbox as the mail doors need it: with the question which mailboxes are ours."""

from collections.abc import Callable, Collection

from runner.messages.channels import Incoming, Report, Taken
from runner.messages.inbox import Inbox
from runner.messages.senders import bound_name


class Mailboxes:
    """Fulfils `intake.Inbox` on the runner's.

    `addresses` lists what is bound, without a lock: whoever asks here is a stranger, and may ask
    as often as they like.
    """

    def __init__(self, inbox: Inbox, addresses: Callable[[], Collection[str]]) -> None:
        self._inbox, self._addresses = inbox, addresses

    def take(self, incoming: Incoming) -> Taken:
        """Keep a message; it is committed when this returns."""
        return self._inbox.take(incoming)

    def report(self, report: Report) -> None:
        """Take in what is said of a message that we sent."""
        self._inbox.report(report)

    def bound(self, address: str) -> bool:
        """Say whether a mailbox, in small letters, is bound to a flow as `mailto:…`."""
        return bound_name("email", address) in self._addresses()
