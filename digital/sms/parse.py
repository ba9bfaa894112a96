"""Reads the webhook of a message, whatever stands in it (provider, "Incoming message webhook")."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from desk.opting_out import is_carriers
from digital.carrier.files import attached
from digital.carrier.form import address, channel_of, is_name
from digital.whatsapp import parse as whatsapp
from runner.messages.channels import Attached, Incoming

_WISHES: Mapping[str, Literal["stop", "start", "help"]] = {
    "STOP": "stop",
    "START": "start",
    "HELP": "help",
}

Confirms = Callable[[str], bool]
"""Whether the carrier itself answers STOP, START and HELP at one of our SMS senders."""


def incoming(
    form: Mapping[str, str],
    at: datetime,
    confirms: Confirms,
    files: Sequence[Attached] | None = None,
) -> Incoming | None:
    """Make a message of a form; None where it does not say from whom to whom.

    `files` are those of the message where the form does not name them.
    """
    channel = channel_of(form)
    ours, peer = address(form.get("To", "")), address(form.get("From", ""))
    named = "" if peer else form.get("From", "").strip()
    if not ours or not (peer or is_name(named)):
        return None
    text = whatsapp.text_of(form)
    return Incoming(
        channel,
        ours,
        peer or named,
        at,
        text,
        files=attached(form) if files is None else files,
        choice=whatsapp.choice_of(form),
        sid=form.get("MessageSid") or form.get("SmsSid", ""),
        name=form.get("ProfileName", ""),
        number=peer if peer.startswith("+") else "",
        wish=_WISHES.get(form.get("OptOutType", "").upper(), ""),
        automatic=bool(named),
        details=_details(form, answered=channel == "sms" and confirms(ours) and is_carriers(text)),
    )


def _details(form: Mapping[str, str], *, answered: bool) -> Mapping[str, Any]:
    replied = form.get("OriginalRepliedMessageSid")
    return {
        **whatsapp.details_of(form),
        **({"reply_to": replied} if replied else {}),
        **({"answered": True} if answered else {}),
    }
